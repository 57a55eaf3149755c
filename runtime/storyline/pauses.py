"""Waiting, in both flavours: the one pair that no renaming of words turns into each other."""

from __future__ import annotations

import asyncio
import time


async def async_pause(seconds: float) -> None:
    await asyncio.sleep(seconds)


def pause(seconds: float) -> None:
    time.sleep(seconds)
