"""Processes of tests, forked from one that has imported what they need: so many start at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

import pytest

PRELOADED = [
    "database.busy_processes",
    "database.faults",
    "database.poisons",
    "database.projector_chaos",
    "database.projector_processes",
    "database.zombies",
]


def start(work: Callable[..., None], *arguments: object) -> BaseProcess:
    process = _forked().Process(target=work, args=arguments)
    process.start()
    return process


@cache
def _forked() -> ForkServerContext:
    """The server is told by its environment where modules are: nothing else reaches it in time."""
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        forkserver.ensure_running()
    return context
