"""How projections and subscriptions are getting on → a table for people, or JSON for monitoring."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from storyline.projecting.status import Status
from storyline_cli.shown_events import cut, shown, width_of


class StoryStatus(NamedTuple):
    story: str
    statuses: Sequence[Status]
    never_run: Sequence[str]
    """Projections of the code that have no states: no projector has ever run them."""

    @property
    def needs_attention(self) -> bool:
        return bool(self.never_run) or any(each.needs_attention for each in self.statuses)


class Colours(NamedTuple):
    fine: str = ""
    busy: str = ""
    bad: str = ""
    head: str = ""
    reset: str = ""


PLAIN = Colours()
COLOURED = Colours("\033[32m", "\033[33m", "\033[1;31m", "\033[1m", "\033[0m")

_TITLES = ("", "state", "event", "behind", "lag", "rate", "owners", "parked")
_LEFT = 2
"""So many columns are texts; the others are numbers, and stand to the right."""


def table(stories: Sequence[StoryStatus], colours: Colours, width: int | None) -> Iterator[str]:
    rows = [(each, _cells(each)) for story in stories for each in story.statuses]
    cells: list[tuple[str, ...]] = [(story.story, *_TITLES[1:]) for story in stories]
    cells += [row for _, row in rows]
    cells += [_never(name) for story in stories for name in story.never_run]
    widths = [max(map(width_of, column), default=0) for column in zip(*cells, strict=True)]
    if width is not None:
        widths[0] = max(min(widths[0], width - sum(widths[1:]) - 2 * (len(widths) - 1)), 8)
    for story in stories:
        yield f"{colours.head}{_line((story.story, *_TITLES[1:]), widths)}{colours.reset}"
        for status in story.statuses:
            yield f"{_colour(status, colours)}{_line(_cells(status), widths)}{colours.reset}"
        for name in story.never_run:
            yield f"{colours.bad}{_line(_never(name), widths)}{colours.reset}"
        yield from (cut(each, width) for each in _reasons(story.statuses))


def as_json(stories: Sequence[StoryStatus]) -> str:
    """One object, for monitoring: exact numbers."""
    return json.dumps(
        {
            "stories": [
                {
                    "story": story.story,
                    "never_run": list(story.never_run),
                    "projections": [
                        _json(each) for each in story.statuses if not each.is_subscription
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


def _cells(status: Status) -> tuple[str, ...]:
    name = shown(status.name)
    of = "subscription" if status.is_subscription else f"v{status.version}.{status.build}"
    return (
        f"  {name} {of}",
        _state(status),
        f"{status.position:,}",
        _count(status.lag),
        _time(status.lag_seconds),
        f"{_count(round(status.rate))}/s",
        str(len(status.owners)),
        str(status.parked),
    )


def _never(name: str) -> tuple[str, ...]:
    return (f"  {shown(name)}", "never run", *[""] * (len(_TITLES) - _LEFT))


def _state(status: Status) -> str:
    if status.stopped_before is not None:
        return "stopped"
    if not status.owners:
        return "not run"
    if status.status == "building":
        left = "" if status.seconds_left is None else f", {_time(status.seconds_left)}"
        return f"building {int(status.progress * 100)} %{left}"
    return status.status


def _colour(status: Status, colours: Colours) -> str:
    if status.stopped_before is not None or not status.owners:
        return colours.bad
    if status.needs_attention or status.status == "building":
        return colours.busy
    return colours.fine


def _reasons(statuses: Sequence[Status]) -> Iterator[str]:
    for each in statuses:
        if each.stopped_before is not None:
            reason = shown(each.reason or "")
            yield f"  {shown(each.name)} stands still before event {each.stopped_before}: {reason}"
    if any(each.stopped_before is not None or each.parked for each in statuses):
        yield "  `storyline projections parked` tells of each event that could not be folded."


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [
        _padded(cut(cell, width), width, left=column < _LEFT)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(aligned).rstrip()


def _padded(cell: str, width: int, *, left: bool) -> str:
    room = " " * (width - width_of(cell))
    return cell + room if left else room + cell


def _count(number: int) -> str:
    """Exact as long as it is short."""
    if number < 10_000:
        return f"{number:,}"
    for size, unit in ((10**9, "G"), (10**6, "M")):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return f"{number / 1000:.1f}k"


def _time(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
