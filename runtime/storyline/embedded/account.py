"""The account that the server runs as. PostgreSQL refuses root, so root borrows one that exists.

No account is ever added, and no permission of a folder that we did not make is ever changed.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from storyline.embedded.errors import EmbeddedServerError

_UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """`uid` and `gid` are None for ourselves: nothing has to be switched then."""

    uid: int | None = None
    gid: int | None = None

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run to the end. `stdout` holds both outputs; the caller looks at the exit code."""
        return subprocess.run(
            arguments,
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            user=self.uid,
            group=self.gid,
            extra_groups=self._extra_groups,
        )

    def spawn(self, arguments: Sequence[str | Path], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start in a session of its own, so that Ctrl-C in our terminal does not reach it."""
        return subprocess.Popen(
            arguments,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=self.uid,
            group=self.gid,
            extra_groups=self._extra_groups,
        )

    def can(self, permission: str, path: Path) -> bool:
        """Ask the kernel, as this account. `permission` is a flag of test(1): `-x`, `-w`."""
        return self.run("/bin/sh", "-c", 'test "$0" "$1"', permission, path).returncode == 0

    def take(self, path: Path) -> None:
        """Become the owner of what root has made for this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    @property
    def effective_uid(self) -> int:
        return os.geteuid() if self.uid is None else self.uid

    @property
    def _extra_groups(self) -> list[int] | None:
        return None if self.uid is None else []


def account_for(data: Path) -> Account:
    """Ourselves; for root the owner of the data there is, else an account without privileges."""
    if os.geteuid() != 0:
        return Account()
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    found = next(filter(None, map(_account_named, _UNPRIVILEGED)), None)
    if found is None:
        raise EmbeddedServerError(
            "PostgreSQL does not run as root, and there is no account `postgres` or `nobody`.",
            "Run this as another user, or set DATABASE_URL.",
        )
    return found


def _account_named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)
