"""Which database a command means, and where the project's own server lives. It opens nothing."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from storyline.embedded import EmbeddedServerError, running
from storyline.migrations import MigrationError
from storyline_cli import UsageError
from storyline_cli.configuration import configuration


def server_folder() -> Path:
    """Of the embedded server of this project."""
    return configuration().root / ".storyline" / "postgres"


def chosen_dsn(given: str | None) -> str:
    """`--dsn`, else `DATABASE_URL`, else the embedded server of the project, if it runs."""
    dsn = given or os.environ.get("DATABASE_URL")
    if dsn:
        return dsn
    server = running(server_folder())
    if server is None:
        raise UsageError(
            "No database is known. Run `storyline db start`, or set DATABASE_URL, or give `--dsn`."
        )
    return server.dsn


@contextmanager
def told_to_the_user() -> Generator[None]:
    """What these errors say is meant for the user, who can put it right."""
    try:
        yield
    except (EmbeddedServerError, MigrationError) as error:
        raise UsageError(str(error)) from error
