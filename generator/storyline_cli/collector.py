"""Pauses Python's garbage collector for commands that are over soon."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Generator[None]:
    """Almost nothing that they make becomes garbage, so looking for it is a waste."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
