"""Doing something again and again beside a block, in both flavours: with a task, or a thread."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress

log = logging.getLogger("storyline.subscription")


@asynccontextmanager
async def async_repeated(
    action: Callable[[], Awaitable[object]], seconds: float
) -> AsyncGenerator[None]:
    """Every so many seconds, until the block is left. A failure is told to the log, and passes."""

    async def repeat() -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await action()
            except Exception as error:
                log.warning("could not renew the leases: %s", type(error).__name__)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@contextmanager
def repeated(action: Callable[[], object], seconds: float) -> Generator[None]:
    """The same, in a thread. Nobody waits for it at the end: it may be waiting for the database."""
    is_over = threading.Event()

    def repeat() -> None:
        while not is_over.wait(seconds):
            try:
                action()
            except Exception as error:
                if not is_over.is_set():
                    log.warning("could not renew the leases: %s", type(error).__name__)

    threading.Thread(target=repeat, daemon=True).start()
    try:
        yield
    finally:
        is_over.set()
