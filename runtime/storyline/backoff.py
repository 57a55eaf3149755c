"""How long to wait before a decision is tried again."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses of a random length: at most `first` seconds, then twice, four times as much.

    None is longer than `longest`. This is the "full jitter" of Marc Brooker's "Exponential Backoff
    and Jitter" (AWS Architecture Blog, 2015): of the ways compared there, it lets many writers who
    want the same get through with the fewest tries.
    """

    first: float = 0.01
    longest: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.first <= self.longest:
            raise ValueError(f"a backoff needs 0 < first <= longest, not {self}")

    def pause(self, attempt: int) -> float:
        """Seconds, after the attempt of that number; the first is 0."""
        return random.uniform(0, min(self.longest, self.first * 2.0 ** min(attempt, 100)))
