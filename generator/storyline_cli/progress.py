"""How far a build has got: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import threading
from shutil import get_terminal_size
from time import monotonic
from types import TracebackType

from storyline import EventClient
from storyline.projecting import administration
from storyline.projecting.shards import Projection
from storyline_cli.numbers import duration, short
from storyline_cli.shown_events import cut

_SHORTEST, _LONGEST = 8, 30


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
            for position, head, processes in rows:
                width = get_terminal_size().columns if self._is_terminal else None
                self._print(line(position, head, self._rate(position), processes, width))
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


def line(position: int, head: int, rate: float, processes: int, width: int | None) -> str:
    """`[#####.....] 50 %  12,000 of 24,000 events  6.0k/s  2.0 s left`, cut to the terminal."""
    share = min(position / head, 1.0) if head else 1.0
    words = [f"{int(share * 100)} %", f"{position:,} of {head:,} events", f"{short(rate)}/s"]
    if rate > 0:
        words.append(f"{duration((head - position) / rate)} left")
    if processes > 1:
        words.append(f"{processes} processes")
    told = "  ".join(words)
    if width is None:
        return told
    room = width - len("^C") - 1
    return cut(f"{_bar(share, room - len(told) - 3)}{told}", room)


def _bar(share: float, room: int) -> str:
    """As long as there is room for."""
    length = min(room, _LONGEST)
    if length < _SHORTEST:
        return ""
    filled = int(share * length)
    return f"[{'#' * filled}{'.' * (length - filled)}] "
