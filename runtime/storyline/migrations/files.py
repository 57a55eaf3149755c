"""Migration files → sections of SQL, in dbmate's format, so that other runners can apply them too.

The line `-- migrate:up` begins what `up` runs, `-- migrate:down` what `down` runs. Either may end
in `transaction:false`, for SQL that PostgreSQL refuses inside of a transaction.

Lines before these may say how the file stands to others, which go by their names without number:
`-- storyline:after` names those that it needs, and then its place among the rest is no matter;
`-- storyline:replaces` those that it stands for; `-- storyline:deferrable`: it may wait until no
old code runs any more. For other runners they are comments.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from storyline.migrations.errors import MigrationError

_NUMBER = re.compile(r"^\d+_")
_RELATION = re.compile(r"^--[ \t]*storyline:(after|replaces|deferrable)\b(.*)$", re.MULTILINE)
_MARKER = re.compile(r"^--[ \t]*migrate:(up|down)\b(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """`text` begins with its marker, so that it can be stored as it is. `line` is its first."""

    text: str
    line: int = 1

    @property
    def in_transaction(self) -> bool:
        marker, _, _ = self.text.partition("\n")
        return "transaction:false" not in marker.split()

    @property
    def checksum(self) -> str:
        """Of what runs: the same with any line ends, and with any blank lines around it."""
        return hashlib.sha256(self.text.strip().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """`name` is the file's without `.sql`; the database remembers it. `path` is for people."""

    name: str
    path: str
    up: Section
    down: Section | None
    after: tuple[str, ...] | None = None
    """None: it says nothing of it, and so comes after all that have a lower name."""
    replaces: tuple[str, ...] = ()
    is_deferrable: bool = False

    @property
    def title(self) -> str:
        return title(self.name)


def title(name: str) -> str:
    """The name without its number: a file keeps it when it is given another number."""
    return _NUMBER.sub("", name)


def read_folder(folder: Path) -> tuple[MigrationFile, ...]:
    """Every `*.sql` of the folder, in the order of the names."""
    paths = sorted(folder.glob("*.sql"), key=lambda path: path.name)
    return tuple(migration_file(path.stem, str(path), _text(path)) for path in paths)


def migration_file(name: str, path: str, text: str) -> MigrationFile:
    """Cut the text at its markers."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    up = _section("up", path, text)
    if up is None:
        raise MigrationError(
            "There is no line `-- migrate:up`.", "Put it before the SQL.", file=path, line=1
        )
    said = {match[1]: tuple(match[2].split()) for match in _RELATION.finditer(text)}
    return MigrationFile(
        name,
        path,
        up,
        _section("down", path, text),
        after=said.get("after"),
        replaces=said.get("replaces", ()),
        is_deferrable="deferrable" in said,
    )


def _section(kind: Literal["up", "down"], path: str, text: str) -> Section | None:
    markers = list(_MARKER.finditer(text))
    starts = [marker.start() for marker in markers if marker[1] == kind]
    if not starts:
        return None
    if len(starts) > 1:
        line = _line(text, starts[1])
        raise MigrationError(
            f"There is a second `-- migrate:{kind}`.", "Join the two.", file=path, line=line
        )
    end = min((m.start() for m in markers if m.start() > starts[0]), default=len(text))
    return Section(text[starts[0] : end], _line(text, starts[0]))


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MigrationError("This is not UTF-8.", "Save it as UTF-8.", file=str(path)) from error
