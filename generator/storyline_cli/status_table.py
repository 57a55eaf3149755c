"""How projections and subscriptions are getting on → a table for people, or JSON for monitoring."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from storyline.projecting.processes import place_of
from storyline.projecting.status import Status
from storyline_cli.numbers import duration, short
from storyline_cli.shown_events import cut, shown, width_of


class StoryStatus(NamedTuple):
    story: str
    statuses: Sequence[Status]
    never_run: Sequence[str]
    """Projections of the code that have no states: no projector has ever run them."""
    known: Collection[tuple[str, int]]
    """Projections of the code, with their version."""

    @property
    def needs_attention(self) -> bool:
        kept_up = (each for each in self.statuses if not self.has_left(each))
        return bool(self.never_run) or any(each.needs_attention for each in kept_up)

    def has_left(self, status: Status) -> bool:
        """The code knows it no more, and no older process runs it: nobody is missing there."""
        is_known = status.is_subscription or (status.type, status.version) in self.known
        return not is_known and not status.owners


class Colours(NamedTuple):
    fine: str = ""
    busy: str = ""
    bad: str = ""
    head: str = ""
    reset: str = ""


PLAIN = Colours()
COLOURED = Colours("\033[32m", "\033[33m", "\033[1;31m", "\033[1m", "\033[0m")

_Row: TypeAlias = Mapping[str, str]
"""Cells, by the title of their column."""
_TITLES = ("", "state", "event", "behind", "lag", "rate", "owners", "parked", "where")
_TEXTS = ("", "state", "where")
"""These columns stand to the left, and the numbers to the right."""
_SPARED = ("where", "rate", "event", "owners", "lag")
"""Left out in this order, where the terminal is too narrow for all columns."""
_NAME, _WHERE = 16, 12
"""So much of a name, and of where its processes are, tells more than no column."""
_GAP = 2


def table(stories: Sequence[StoryStatus], colours: Colours, width: int | None) -> Iterator[str]:
    """Of texts, as wide as the terminal at most."""
    rows = [_titles(story) for story in stories]
    rows += [_cells(story, each) for story in stories for each in story.statuses]
    rows += [_never(name) for story in stories for name in story.never_run]
    columns = _columns(rows, width)

    def painted(paint: str, row: _Row) -> str:
        return f"{paint}{cut(_line(row, columns), width)}{colours.reset}"

    for story in stories:
        yield painted(colours.head, _titles(story))
        for status in story.statuses:
            yield painted(_colour(story, status, colours), _cells(story, status))
        for name in story.never_run:
            yield painted(colours.bad, _never(name))
        yield from (cut(each, width) for each in _reasons(story))


def _columns(rows: Sequence[_Row], width: int | None) -> dict[str, int]:
    """How wide each column is that there is room for."""
    own = {title: max((width_of(row[title]) for row in rows), default=0) for title in _TITLES}
    if width is None:
        return own
    least = {**own, "": min(own[""], _NAME), "where": min(own["where"], _WHERE)}
    for spared in _SPARED:
        if _whole(least) <= width:
            break
        del least[spared]
    for title in ("", "where"):
        if title in least:
            room = max(width - _whole(least), 0)
            least[title] = min(own[title], least[title] + room)
    return least


def _whole(columns: Mapping[str, int]) -> int:
    return sum(columns.values()) + _GAP * (len(columns) - 1)


def _line(row: _Row, columns: Mapping[str, int]) -> str:
    cells = (_cell(title, row[title], width) for title, width in columns.items())
    return (" " * _GAP).join(cells).rstrip()


def _cell(title: str, text: str, width: int) -> str:
    shortened = cut(text, width)
    room = " " * (width - width_of(shortened))
    return shortened + room if title in _TEXTS else room + shortened


def as_json(stories: Sequence[StoryStatus]) -> str:
    """One object, for monitoring: exact numbers."""
    return json.dumps(
        {
            "stories": [
                {
                    "story": story.story,
                    "never_run": list(story.never_run),
                    "projections": [
                        {**_json(each), "has_left_the_code": story.has_left(each)}
                        for each in story.statuses
                        if not each.is_subscription
                    ],
                    "subscriptions": [
                        _json(each) for each in story.statuses if each.is_subscription
                    ],
                }
                for story in stories
            ]
        },
        indent=2,
    )


def _json(status: Status) -> dict[str, Any]:
    told = status._asdict()
    del told["type"]
    return {
        "name": status.name,
        **told,
        "started_at": status.started_at.isoformat(),
        "lag": status.lag,
        "progress": round(status.progress, 4),
        "seconds_left": status.seconds_left,
    }


def _titles(story: StoryStatus) -> _Row:
    return {title: title or story.story for title in _TITLES}


def _cells(story: StoryStatus, status: Status) -> _Row:
    name = shown(status.name)
    of = "subscription" if status.is_subscription else f"v{status.version}.{status.build}"
    return {
        "": f"  {name} {of}",
        "state": "left the code" if story.has_left(status) else _state(status),
        "event": f"{status.position:,}",
        "behind": short(status.lag),
        "lag": duration(status.lag_seconds),
        "rate": f"{short(status.rate)}/s",
        "owners": str(len(status.owners)),
        "parked": str(status.parked),
        "where": ", ".join(shown(place_of(owner)) for owner in status.owners),
    }


def _never(name: str) -> _Row:
    return dict.fromkeys(_TITLES, "") | {"": f"  {shown(name)}", "state": "never run"}


def _state(status: Status) -> str:
    if status.stopped_before is not None:
        return "stopped"
    if not status.owners:
        return "not run"
    if status.status == "building":
        left = "" if status.seconds_left is None else f", {duration(status.seconds_left)}"
        return f"building {int(status.progress * 100)} %{left}"
    return status.status


def _colour(story: StoryStatus, status: Status, colours: Colours) -> str:
    if story.has_left(status):
        return colours.busy
    if status.stopped_before is not None or not status.owners:
        return colours.bad
    if status.needs_attention or status.status == "building":
        return colours.busy
    return colours.fine


def _reasons(story: StoryStatus) -> Iterator[str]:
    statuses = [each for each in story.statuses if not story.has_left(each)]
    for each in statuses:
        if each.stopped_before is not None:
            reason = shown(each.reason or "")
            yield f"  {shown(each.name)} stands still before event {each.stopped_before}: {reason}"
    if any(each.stopped_before is not None or each.parked for each in statuses):
        yield "  See `storyline projections parked`."
    if any(map(story.has_left, story.statuses)):
        yield "  `storyline projections forget NAME` deletes what left the code."
