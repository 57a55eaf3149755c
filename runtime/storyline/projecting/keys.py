"""Which states an event touches, and whether they are of a shard → SQL, for raw rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from psycopg import sql

from storyline.expressions import Shape, item_predicate, state_id, state_ids
from storyline.fields import ListOf
from storyline.state_keys import StateKey


class Asked(NamedTuple):
    """Of what a build reads, all that decides on the text of a statement."""

    key: StateKey | None
    items: tuple[Shape, ...]
    shards: int
    held: tuple[int, ...]
    """Empty: all of them."""

    @property
    def has_conditions(self) -> bool:
        return any(item.conditions for item in self.items)


def is_read(asked: Asked) -> sql.Composable:
    """Of these shards only, so that a process fetches no other process's events."""
    matches = sql.SQL(" or ").join(map(item_predicate, asked.items))
    if not asked.held:
        return sql.SQL("({})").format(matches)
    return sql.SQL("(({}) and {})").format(matches, _is_of_shards(asked))


def touched_ids(asked: Asked) -> sql.Composable:
    """An array, or the only element, which is sooner read.

    Null where the row is read for other builds' sake, which types do not tell.
    """
    ids = _ids(asked.key)
    if not asked.has_conditions:
        return ids
    matches = sql.SQL(" or ").join(map(item_predicate, asked.items))
    return sql.SQL("case when {} then {} end").format(matches, ids)


def _is_of_shards(asked: Asked) -> sql.Composable:
    """As `shard_of` decides."""
    ids = _ids(asked.key)
    if not _is_several(asked.key):
        return _is_held(ids, asked.shards, asked.held)
    test = _is_held(sql.SQL("id"), asked.shards, asked.held)
    return sql.SQL("exists (select from unnest({}) as touched (id) where {})").format(ids, test)


def _is_held(id: sql.Composable, shards: int, held: Sequence[int]) -> sql.Composable:
    return sql.SQL("get_byte(sha256(convert_to({}, 'UTF8')), 0) %% {} in ({})").format(
        id, sql.Literal(shards), sql.SQL(", ").join(map(sql.Literal, held))
    )


def _ids(key: StateKey | None) -> sql.Composed:
    """An array where events may touch several states, else a text."""
    return sql.SQL("({})").format(state_ids(key) if _is_several(key) else state_id(key))


def _is_several(key: StateKey | None) -> bool:
    return key is not None and any(isinstance(field, ListOf) for field in key.fields.values())
