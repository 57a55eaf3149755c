"""A schema and its lock → the schema with its history, or why what was released cannot be read.

`names` asks that no older name of an event has become another's; `releases` knows what was released
of an event under all of its names; `reading` says whether rows of one shape can be read as another;
`steps` applies an upcast to a shape instead of to an event, `versions` sends every released version
on its way; `leftovers` knows what rows carry along, `breaks` tells what cannot be read, once.
`narrowing` lets rows be read by the bounds under which they were written, and `lineage` follows a
field back through the versions, so that SQL finds it in the rows of each.
Nothing here knows how any of it is generated.
"""

from __future__ import annotations

from storyline_generator.diagnostics import Findings
from storyline_generator.evolution.breaks import Break, told
from storyline_generator.evolution.finding import with_older_rows
from storyline_generator.evolution.names import check_names
from storyline_generator.evolution.narrowing import with_wider_bounds
from storyline_generator.evolution.releases import is_as_it_was
from storyline_generator.evolution.versions import arrivals, evolved_event
from storyline_generator.immutable import replaced
from storyline_generator.lock import Past
from storyline_generator.lock.tree import Tree, below
from storyline_generator.schema import Event, Schema

__all__ = ["evolve"]


def evolve(schema: Schema, lock: Past, today: Tree) -> Findings[Schema]:
    """The schema, its upcasts typed, its fields knowing where older rows keep them.

    `today` is the schema as facts.
    """
    yield from check_names(schema, lock)
    events: dict[str, Event] = {}
    changed: set[str] = set()
    breaks: list[Break] = []
    for event in schema.events.values():
        shape = below(today, "events", event.name, str(event.version))
        if not is_as_it_was(event, shape, lock):
            changed.add(event.name)
            event, found = yield from evolved_event(event, shape, lock)
            breaks += found
        events[event.name] = event
    yield from told(breaks, schema, lock)
    schema = replaced(schema, events=events)
    arrived = {name: arrivals(each, lock) for name, each in events.items() if name in changed}
    schema = yield from with_wider_bounds(schema, lock, arrived)
    return (yield from with_older_rows(schema, lock, changed))
