"""The table of projections, on terminals of any width."""

from datetime import UTC, datetime

import pytest

from storyline.projecting.status import Status
from storyline_cli.shown_events import width_of
from storyline_cli.status_table import PLAIN, StoryStatus, table

LIST = Status(
    type="list_of_everything", version=1, build=2, revision=1, status="active",
    started_at=datetime(2026, 1, 1, tzinfo=UTC), target=0, head=1_204_301, position=1_204_288,
    mean_position=1_204_290, lag_seconds=0.25, rate=980.4, shards=8, leased_shards=8,
    owners=["host-4711-0a1b2c3d", "other-12-9f8e7d6c"], parked=0, stopped_before=None, reason=None,
)  # fmt: skip


def lines(width: int | None, *statuses: Status) -> list[str]:
    return list(table([StoryStatus("todo", statuses, [], [(LIST.type, 1)])], PLAIN, width))


def test_a_wide_terminal_shows_where_the_processes_are() -> None:
    assert lines(160, LIST) == lines(None, LIST)
    head, row = lines(160, LIST)
    assert head.split() == [
        "todo",
        "state",
        "event",
        "behind",
        "lag",
        "rate",
        "owners",
        "parked",
        "where",
    ]
    assert row == (
        "  list_of_everything v1.2  active  1,204,288      13  0.2 s  980/s       2       0"
        "  host-4711, other-12"
    )


@pytest.mark.parametrize(
    ("width", "titles"),
    [
        (95, "todo state event behind lag rate owners parked where"),
        (79, "todo state event behind lag rate owners parked"),
        (72, "todo state event behind lag owners parked"),
        (60, "todo state behind lag owners parked"),
        (48, "todo state behind lag parked"),
        (43, "todo state behind parked"),
    ],
)
def test_what_tells_least_is_left_out_where_the_terminal_is_too_narrow(
    width: int, titles: str
) -> None:
    assert lines(width, LIST)[0].split() == titles.split()


@pytest.mark.parametrize("width", range(1, 120))
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    stopped = LIST._replace(stopped_before=7, reason="ValueError: " + "no " * 60)
    assert max(map(width_of, lines(width, LIST, stopped))) <= width
