"""`storyline projections forget`: states of projections and versions that left the code."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import ExitStack

from storyline import Administration, EventClient
from storyline.projecting.forgetting import Kept
from storyline.projecting.shards import Projection
from storyline_cli import FINDINGS, FINE, UsageError
from storyline_cli.application import all_stories, known_projections
from storyline_cli.numbers import counted


def forget(projections: Sequence[Projection], dsn: str, arguments: argparse.Namespace) -> int:
    """Says what goes, and lets it go only if that is said."""
    name = arguments.name
    projections = known_projections(projections)
    with ExitStack() as stack:
        stories = all_stories(projections)
        clients = [stack.enter_context(EventClient(story, dsn)) for story in stories]
        kept = {Administration(client): _gone(client, projections, name) for client in clients}
        if not any(kept.values()):
            raise UsageError(_nothing(projections, name))
        for administration, gone in kept.items():
            if gone and arguments.delete_states:
                administration.forget(name, [each.version for each in gone])
    told = ", ".join(_told(each) for gone in kept.values() for each in gone)
    if arguments.delete_states:
        print(f"Deleted: `{name}` {told}.")
        return FINE
    print(f"`{name}` {told} would be deleted. Give `--delete-states` to do it.")
    return FINDINGS


def _gone(client: EventClient, projections: Sequence[Projection], name: str) -> list[Kept]:
    """The versions that are kept, but for the one that the code has."""
    story = client.story
    ours = {
        each.version for each in projections if each.story is story and each.projection_type == name
    }
    kept = Administration(client).kept(name)
    return [each for each in kept if each.version not in ours]


def _nothing(projections: Sequence[Projection], name: str) -> str:
    for each in projections:
        if each.projection_type == name:
            return f"Nothing is kept of `{name}` but version {each.version}, which the code has."
    return f"Nothing is kept of a projection `{name}`."


def _told(kept: Kept) -> str:
    return f"v{kept.version} with {counted(kept.states, 'state')}"
