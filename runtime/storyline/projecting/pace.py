"""How much to read at once, when to write, and how long to wait: small when live, large behind."""

from __future__ import annotations

TICK_SECONDS = 1.0
"""How often a process says that it lives, and looks at what others do."""

FIRST, FEWEST, MOST = 500, 10, 200_000
"""Ids that a read may span: long where few of them matter, short where a fold takes its time."""

MOST_ROWS = 10_000
"""Events that a read may find: so much is in memory at once."""

PIECE = 500
"""Of them, so many are folded at once: few enough for the processor's cache."""

MOST_DIRTY = 16_000
"""States that may wait for being written while a build catches up."""

MOST_STATES = 20_000
"""States that are kept in memory between batches."""

_BATCH_SECONDS = 0.1
"""Live projections wait so long for a batch of one that catches up."""

_FLUSH_SECONDS = 5.0
"""What catches up loses no more than this if the process dies."""

SILENCE_SECONDS = 0.2
"""After so long without anything new a process stops looking, and asks to be told."""

NAP_SECONDS = 0.2
"""So soon a process that sleeps hears that it is to stop."""

_SHORTEST_WAIT, _LONGEST_WAIT = 0.004, 0.05


def next_span(span: int, rows: int, seconds: float) -> int:
    """After a read of `span` ids that found so many events and was folded in so many seconds."""
    if rows >= MOST_ROWS or seconds > 2 * _BATCH_SECONDS:
        return max(FEWEST, span // 2)
    if rows < MOST_ROWS // 2 and seconds < _BATCH_SECONDS:
        return min(MOST, span * 2)
    return span


def next_tick(seconds: float) -> float:
    """After one so many seconds before. Soon at first, as processes are often started together,
    and what the first has taken is to be shared out.
    """
    return min(2 * seconds or TICK_SECONDS / 16, TICK_SECONDS)


def is_flush_due(dirty: int, seconds: float) -> bool:
    """For a group of shards that is behind; one that is live is written after each batch."""
    return dirty >= MOST_DIRTY or seconds >= _FLUSH_SECONDS


def next_wait(wait: float) -> float:
    """When there is nothing new, again."""
    return min(2 * wait, _LONGEST_WAIT) if wait else _SHORTEST_WAIT
