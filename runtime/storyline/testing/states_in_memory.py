"""Saved states in memory, found, ordered and replaced as PostgreSQL does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from storyline.events import write_json
from storyline.exact import exact_json, json_text
from storyline.projections import SavedProjection
from storyline.questions import StatePage
from storyline.rows import Row
from storyline.state_queries import StateOrder, StateQuery
from storyline.testing.jsonb import jsonb

Place: TypeAlias = tuple[bool, Any, str]


@dataclass
class States:
    """Whoever writes has to keep other writers away."""

    rows: dict[tuple[str, int, str], Row] = field(default_factory=dict[tuple[str, int, str], Row])

    def copy(self) -> States:
        return States(self.rows.copy())

    def get(self, type: str, version: int, id: str) -> list[Row]:
        found = self.rows.get((type, version, id))
        return [] if found is None else [found]

    def resumption(self, type: str, version: int, id: str) -> Row:
        found = self.rows.get((type, version, id))
        return (None, None, None, None, None, 0) if found is None else (*found, found[3])

    def save(self, saved: SavedProjection[Any]) -> list[Row]:
        latest = self._latest(saved)
        return self._put(saved, is_wanted=latest is None or latest <= saved.latest_event_id)

    def update(self, saved: SavedProjection[Any], older_only: bool) -> list[Row]:
        latest = self._latest(saved)
        is_wanted = latest is not None and not (older_only and latest >= saved.latest_event_id)
        return self._put(saved, is_wanted)

    def find(self, type: str, version: int, where: StateQuery[Any], page: StatePage) -> list[Row]:
        places = {_place(page.order, row): row for row in self._matching(type, version, where)}
        ordered = sorted(places, reverse=page.order.descending)
        if page.after is not None:
            after = _placed(page.order.place(page.after.state), page.after.id)
            ordered = [place for place in ordered if _follows(place, after, page.order)]
        return [places[place] for place in ordered[: page.limit]]

    def count(self, type: str, version: int, where: StateQuery[Any]) -> int:
        return len(self._matching(type, version, where))

    def _matching(self, type: str, version: int, where: StateQuery[Any]) -> Sequence[Row]:
        return [
            row
            for (of_type, of_version, _), row in self.rows.copy().items()
            if (of_type, of_version) == (type, version)
            and all(condition.holds(exact_json(row[-1])) for condition in where.conditions)
        ]

    def _latest(self, saved: SavedProjection[Any]) -> int | None:
        found = self.get(saved.type, saved.version, saved.id)
        return found[0][3] if found else None

    def _put(self, saved: SavedProjection[Any], is_wanted: bool) -> list[Row]:
        type, id, version, latest_event_id, state = saved
        row = (type, id, version, latest_event_id, json_text(jsonb(write_json(state))))
        if is_wanted:
            self.rows[type, version, id] = row
        return [(id,)] if is_wanted else []


def _place(order: StateOrder[Any], row: Row) -> Place:
    found = order.field.found(exact_json(row[-1])) if order.field else None
    return _placed(
        order.field.comparable(found) if order.field and found is not None else None, row[1]
    )


def _placed(value: Any, id: str) -> Place:
    """What is absent is the greatest; of equals, the id decides."""
    return (value is None, "" if value is None else value, id)


def _follows(place: Place, after: Place, order: StateOrder[Any]) -> bool:
    return place < after if order.descending else place > after
