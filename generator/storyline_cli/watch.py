"""Generates again whenever a story or the settings change. It polls, so that it needs no library.

Each run is a call of the command as any other, with all that this does about errors; of one that
went well only the last line is shown.
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress

from storyline_cli import FINE, INTERRUPTED, UsageError, commands
from storyline_cli.configuration import FILE, Configuration, configuration

PAUSE = 0.5
"""Seconds between two looks."""
_State = Mapping[str, tuple[int, int]]


def watch(settings: Configuration) -> int:
    """Until Ctrl-C."""
    seen: _State | None = None
    with suppress(KeyboardInterrupt):
        while True:
            now = _state(settings)
            if now != seen:
                seen = now
                if _run() == INTERRUPTED:
                    break
                settings = _settings_now(settings)
            time.sleep(PAUSE)
    return FINE


def _run() -> int:
    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(told):
        exit_code = commands.run(["generate"])
    lines = told.getvalue().rstrip().split("\n")
    shown = lines[-1:] if exit_code == FINE else lines
    print(time.strftime("%H:%M:%S"), "\n".join(shown), flush=True)
    return exit_code


def _settings_now(settings: Configuration) -> Configuration:
    """As they were, as long as they are being edited."""
    with suppress(UsageError, OSError):
        return configuration(settings.root)
    return settings


def _state(settings: Configuration) -> _State:
    """Size and time of each file that is read; one that vanishes meanwhile has none."""
    schemas = settings.root / settings.schemas
    stories = [schemas] if schemas.is_file() else schemas.rglob("*.toml")
    state: dict[str, tuple[int, int]] = {}
    for file in (settings.root / FILE, *stories):
        with suppress(OSError):
            found = file.stat()
            state[str(file)] = found.st_mtime_ns, found.st_size
    return state
