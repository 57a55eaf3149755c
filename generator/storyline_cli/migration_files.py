"""The migration files of a project → what is wrong with them, without any database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from storyline.migrations.errors import MigrationError
from storyline.migrations.files import MigrationFile, migration_file
from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.mistakes.migrating import malformed_migration, migration_without_down
from storyline_generator.source import Source, Span


def migration_findings(root: Path, folder: str) -> Iterator[Diagnostic]:
    """Of every `*.sql` of the folder."""
    for path in sorted((root / folder).glob("*.sql")):
        shown = path.relative_to(root).as_posix()
        try:
            source = Source(shown, path.read_bytes().decode("utf-8-sig"))
        except UnicodeDecodeError:
            yield malformed_migration(Place(Source(shown, "")), "this is not UTF-8.", "save it so")
        else:
            yield from _findings(path.stem, source)


def _findings(name: str, source: Source) -> Iterator[Diagnostic]:
    try:
        file = migration_file(name, source.path, source.text)
    except MigrationError as error:
        message = error.message[:1].lower() + error.message[1:]
        hint = error.hint[:1].lower() + error.hint[1:].removesuffix(".")
        yield malformed_migration(_line(source, error.line), message, hint)
    else:
        if not _undoes_something(file):
            yield migration_without_down(_line(source, file.down.line if file.down else 1))


def _undoes_something(file: MigrationFile) -> bool:
    """Comments undo nothing."""
    lines = file.down.text.splitlines() if file.down else ()
    return any(line.strip() and not line.lstrip().startswith("--") for line in lines)


def _line(source: Source, number: int) -> Place:
    """The whole line, by its number; line ends are counted as the runner does."""
    lines = source.text.splitlines(keepends=True)
    start = sum(map(len, lines[: number - 1]))
    end = start + len(lines[number - 1].rstrip()) if lines else start
    return Place(source, span=Span(start, end))
