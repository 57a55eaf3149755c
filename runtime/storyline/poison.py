"""What a projector does about an event on which a fold fails: declared on a projection's class.

A leaf: values only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Stop:
    """The shard of the state stands still before the event.

    It goes on with the next process that takes it over (so with mended code), or after
    `storyline projections retry`.
    """


@dataclass(frozen=True, slots=True)
class Retry:
    """Tries again so often, waiting twice as long each time; then as `Stop`.

    For folds that fail for reasons outside of the event. `delay`: seconds before the first time.
    """

    attempts: int = 5
    delay: float = 1.0


@dataclass(frozen=True, slots=True)
class Park:
    """The state stands still before the event, all others go on.

    Until `storyline projections retry` or `skip`: then the state catches up.
    """


OnError: TypeAlias = Stop | Retry | Park

_LONGEST_DELAY = 60.0


def next_delay(policy: OnError, attempts: int) -> float | None:
    """Seconds to wait after so many failed attempts; none: it is not tried again."""
    if not isinstance(policy, Retry) or attempts > policy.attempts:
        return None
    return float(min(policy.delay * 2 ** (attempts - 1), _LONGEST_DELAY))
