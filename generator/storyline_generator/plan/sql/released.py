"""What a lock says of released migrations → the objects that a database has which applied them.

Each released migration says which objects it makes and drops, and which migrations it comes after.
Two branches may each have released some after the same one; then they come in either order, and
what both have made must be the same, or be made anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import TypeAlias

from storyline_generator.immutable import immutable
from storyline_generator.lock.tree import Tree, below, tables
from storyline_generator.plan.sql.objects import SqlObject

Key: TypeAlias = tuple[str, str]
"""Kind and name of an object."""


@immutable
class Released:
    """Of one story. Migrations go by their names without the number."""

    migrations: Mapping[str, Tree]
    """Those that are still run: others have been replaced by one of these."""
    order: Mapping[str, set[str]]
    """Of each all that it comes after; in an order in which they can be applied."""
    objects: Mapping[Key, SqlObject]
    contested: frozenset[Key]
    """What two branches have left differently: which it is depends on their order."""

    @property
    def heads(self) -> tuple[str, ...]:
        """Which none comes after."""
        return tuple(sorted(self.order.keys() - set().union(*self.order.values())))


def released_migrations(lock: Tree) -> Released:
    known = dict(tables(lock, "migrations"))
    replaced = {old: new for new, facts in known.items() for old in below(facts, "replaces")}
    live = {name: facts for name, facts in known.items() if name not in replaced}
    before = _ancestors(live, replaced)
    traces = _traces(live, before)
    return Released(
        migrations=live,
        order=before,
        objects={key: made[-1] for key, trace in traces.items() if (made := _made(trace))},
        contested=frozenset(key for key, trace in traces.items() if len({*trace.values()}) > 1),
    )


_Trace: TypeAlias = dict[str, SqlObject | None]
"""What the last migration of each branch has made of one object; None: it dropped it."""


def _made(trace: _Trace) -> list[SqlObject]:
    return [left for left in trace.values() if left]


def _ancestors(live: Mapping[str, Tree], replaced: Mapping[str, str]) -> dict[str, set[str]]:
    parents = {
        name: sorted({_live(old, replaced) for old in below(live[name], "after")} & live.keys())
        for name in sorted(live)
    }
    found: dict[str, set[str]] = {}
    for name in TopologicalSorter(parents).static_order():
        found[name] = set(parents[name]).union(*(found[parent] for parent in parents[name]))
    return found


def _live(name: str, replaced: Mapping[str, str]) -> str:
    while name in replaced:
        name = replaced[name]
    return name


def _traces(live: Mapping[str, Tree], before: Mapping[str, set[str]]) -> dict[Key, _Trace]:
    traces: dict[Key, _Trace] = {}
    for name, ancestors in before.items():
        for key, left in _changes(live[name]):
            trace = traces.setdefault(key, {})
            for known in ancestors & trace.keys():
                del trace[known]
            trace[name] = left
    return traces


def _changes(migration: Tree) -> Iterator[tuple[Key, SqlObject | None]]:
    for kind, names in tables(migration, "drops"):
        yield from (((kind, name), None) for name in names)
    for kind, names in tables(migration, "makes"):
        for name, texts in tables(names):
            yield (kind, name), SqlObject(kind, name, str(texts.get("up")), str(texts.get("down")))
