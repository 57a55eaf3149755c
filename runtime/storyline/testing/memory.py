"""A log in memory: the answers to all that a client asks of a log."""

from __future__ import annotations

from dataclasses import dataclass, field

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
from storyline.rows import Row
from storyline.testing.events_in_memory import Events
from storyline.testing.states_in_memory import States


@dataclass
class Memory:
    """Whoever writes has to keep other writers away; readers may come at any time."""

    events: Events = field(default_factory=Events)
    states: States = field(default_factory=States)

    def copy(self) -> Memory:
        return Memory(self.events.copy(), self.states.copy())

    def answer(self, question: Question) -> list[Row]:  # noqa: C901
        events, states = self.events, self.states
        match question:
            case EventStream():
                return events.stream(*question)
            case HistoryOf():
                return events.history(*question)
            case SaveEvents():
                return [events.append(*question)]
            case CountEvents():
                return [(events.count(*question),)]
            case CommandOf(id):
                return [events.commands[id]] if id in events.commands else []
            case StateOf():
                return states.get(*question)
            case ResumptionOf():
                return [states.resumption(*question)]
            case SaveState(saved):
                return states.save(saved)
            case UpdateState():
                return states.update(*question)
            case FindStates():
                return states.find(*question)
            case CountStates():
                return [(states.count(*question),)]
            case IsBeingBuilt():  # a projector needs PostgreSQL
                return []


def writes(question: Question) -> bool:
    return isinstance(question, SaveEvents | SaveState | UpdateState)
