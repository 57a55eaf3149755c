"""The files of one embedded server: where they are, and that they are private.

<folder>/data/             PostgreSQL's data directory
<folder>/server.log        what the server says
<folder>/lock              held while it is started or stopped
<folder>/.s.PGSQL.5432     its socket; the folder's mode 0700 is what guards it
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from storyline.embedded.account import Account, account_for
from storyline.embedded.binaries import STATE
from storyline.embedded.errors import EmbeddedServerError

_TEMPORARY = Path("/tmp").resolve()
_PORT = 5432
_LONGEST_SOCKET_PATH = 103
"""Bytes that the kernel takes: 107 on Linux, 103 on macOS."""


@dataclass(frozen=True, slots=True)
class Home:
    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def socket_folder(self) -> Path:
        """The folder itself; for a path too long for a socket, a private one in /tmp."""
        socket = self.folder / f".s.PGSQL.{_PORT}"
        if len(os.fsencode(socket)) <= _LONGEST_SOCKET_PATH:
            return self.folder
        return _TEMPORARY / f"storyline-{_digest(self.folder)}"

    @property
    def lock_files(self) -> tuple[Path, Path]:
        """PostgreSQL's own, both of which begin with the server's process id."""
        return self.data / "postmaster.pid", self.socket_folder / f".s.PGSQL.{_PORT}.lock"

    @property
    def dsn(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self.socket_folder))}&port={_PORT}"

    @property
    def major(self) -> int | None:
        """The version of PostgreSQL that made the data; None: there are none."""
        version = self.data / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    @contextmanager
    def locked(self) -> Generator[None]:
        """One process at a time; the kernel lets go of the lock when its holder dies."""
        with open(self.folder / "lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def find_home(folder: Path) -> Home | None:
    """Where a server was made before, if it was."""
    made = next((place for place in _places(folder) if (place / "data").exists()), None)
    return None if made is None else Home(made, account_for(made / "data"))


def make_home(folder: Path) -> Home:
    """Find or make it: in the folder, or elsewhere if the server's account cannot come there."""
    for place in _places(folder):
        home = Home(place, account_for(place / "data"))
        make_private(home.folder, home.account)
        if home.account.can("-w", home.folder):
            make_private(home.socket_folder, home.account)
            return home
        with suppress(OSError):
            home.folder.rmdir()
    raise EmbeddedServerError(f"The server's account cannot write to {folder}.")


def _places(folder: Path) -> tuple[Path, ...]:
    folder = folder.resolve()
    return (folder, _substitute(folder)) if os.geteuid() == 0 else (folder,)


def _substitute(folder: Path) -> Path:
    """What is temporary stays temporary: nobody would clear it away elsewhere."""
    parent = _TEMPORARY if folder.is_relative_to(_TEMPORARY) else STATE
    return parent / f"storyline-{_digest(folder)}"


def make_private(folder: Path, account: Account) -> None:
    """A folder that only the account can enter. One that somebody else has put there is refused."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    owners = {os.geteuid(), account.effective_uid}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise EmbeddedServerError(
            f"{folder} belongs to somebody else.", "Remove it, or work in another folder."
        )
    os.chmod(folder, 0o700)
    account.take(folder)


def _digest(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
