"""Numbers, as people read them at a glance."""

from __future__ import annotations


def short(number: float) -> str:
    """Exact as long as it is short."""
    if number < 10_000:
        return f"{number:,.0f}"
    for size, unit in ((10**9, "G"), (10**6, "M")):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return f"{number / 1000:.1f}k"


def duration(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def counted(number: int, thing: str) -> str:
    """`1 state`, `2 states`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
