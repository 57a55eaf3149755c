"""How far a build has got: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import threading
from time import monotonic
from types import TracebackType

from storyline import EventClient
from storyline.projecting import administration
from storyline.projecting.shards import Projection

_WIDTH = 30


class Progress:
    """Shown from the beginning of a block to its end, by a thread of its own."""

    def __init__(self, client: EventClient, projection: Projection) -> None:
        self._client = client
        self._projection = projection
        self._is_terminal = sys.stdout.isatty()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)
        self._began: tuple[float, int] | None = None

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _show(self) -> None:
        pause = 0.25 if self._is_terminal else 5.0
        while not self._is_over.wait(pause):
            rows = self._client.log.fetch(administration.progress(self._projection))
            for position, head in rows:
                self._print(line(position, head, self._rate(position), bar=self._is_terminal))
        if self._is_terminal:
            print("\r\x1b[K", end="", flush=True)

    def _rate(self, position: int) -> float:
        """Events a second, since this began to look."""
        now = monotonic()
        if self._began is None:
            self._began = now, position
        since, start = self._began
        return (position - start) / max(now - since, 0.001)

    def _print(self, text: str) -> None:
        if self._is_terminal:
            print(f"\r\x1b[K{text}", end="", flush=True)
        else:
            print(text, flush=True)


def line(position: int, head: int, rate: float, *, bar: bool) -> str:
    """`[#####.....] 50 %  12,000 of 24,000 events  6,000/s  2 s left`."""
    share = min(position / head, 1.0) if head else 1.0
    filled = int(share * _WIDTH)
    drawn = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] " if bar else ""
    left = f"  {(head - position) / rate:,.0f} s left" if rate > 0 else ""
    return f"{drawn}{share:.0%}  {position:,} of {head:,} events  {rate:,.0f}/s{left}"
