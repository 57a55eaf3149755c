"""A question → the statement that asks it of PostgreSQL."""

from __future__ import annotations

from storyline import state_statements, statements
from storyline.jsonpaths import append_condition
from storyline.questions import (
    CommandOf,
    CountEvents,
    CountStates,
    EventStream,
    FindStates,
    HistoryOf,
    IsBeingBuilt,
    Question,
    ResumptionOf,
    SaveEvents,
    SaveState,
    StateOf,
    UpdateState,
)
from storyline.statements import Append, Statement
from storyline.story import Story


def statement(story: Story, question: Question, shared_flush: bool) -> Statement:  # noqa: C901
    """`shared_flush`: an append commits by itself; else with the transaction around it."""
    match question:
        case EventStream():
            return statements.event_stream(story, *question)
        case HistoryOf():
            return statements.history(story, *question)
        case SaveEvents():
            return _append(story, question, shared_flush)
        case CountEvents():
            return statements.count(story, *question)
        case CommandOf(id):
            return statements.known_command(story, id)
        case StateOf():
            return statements.saved_projection(story, *question)
        case ResumptionOf():
            return statements.resumption(story, *question)
        case SaveState(saved):
            return statements.save_projection(story, saved)
        case UpdateState():
            return statements.update_projection(story, *question)
        case FindStates():
            return state_statements.find_states(story, *question)
        case CountStates():
            return state_statements.count_states(story, *question)
        case IsBeingBuilt():
            return statements.is_being_built(story, *question)


def _append(story: Story, asked: SaveEvents, shared_flush: bool) -> Statement:
    condition = None if asked.query is None else append_condition(asked.query)
    wanted = Append(asked.new.batch, condition, asked.after, asked.new.command)
    append = statements.append if shared_flush else statements.append_in_transaction
    return append(story, wanted)
