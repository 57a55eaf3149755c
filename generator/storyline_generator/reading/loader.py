"""Turns schema files into documents, one per story. The only stage that reads the disk.

Files whose text is at fault become diagnostics, and the rest is loaded all the same.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from os import path, walk
from pathlib import Path
from typing import NoReturn

from storyline_generator.diagnostics import Diagnostic, Findings, Keys, Place, collected
from storyline_generator.immutable import immutable, replaced
from storyline_generator.mistakes import reading
from storyline_generator.reading.document import Document, is_private, table_of
from storyline_generator.reading.toml import dotted, parse
from storyline_generator.source import Source
from storyline_generator.suggestions import closest

_ONCE = frozenset({"story", "doc", "wire", "schema", "partition"})
"""Settings of the story: said once, in any of its files."""

_LOCK = ".lock.toml"
_ELSEWHERE = "name the right folder in `[tool.storyline]`, or begin with `storyline init NAME`"


@immutable
class Loaded:
    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]


@immutable
class _File:
    folder: str
    source: Source
    tables: dict[str, object]

    @property
    def names_a_story(self) -> bool:
        return "story" in self.tables

    @property
    def story(self) -> Place:
        return Place(self.source, ("story",))


def load(schemas: Path, root: Path) -> Loaded:
    """Every story below `schemas`; what is shown to people is relative to `root`."""
    documents, diagnostics = collected(_stories(schemas, root))
    if not diagnostics:
        diagnostics = tuple(_locks_without_story(schemas, root, documents))
    return Loaded(tuple(documents), diagnostics)


# From the disk to files


def _stories(schemas: Path, root: Path) -> Findings[Sequence[Document]]:
    paths = yield from _schema_files(schemas, root)
    files: list[_File] = []
    broken: set[str] = set()
    for file_path in paths:
        file = yield from _read(file_path, root)
        if file:
            files.append(file)
        else:
            broken.add(str(file_path.parent))
    documents: list[Document] = []
    for folder, group in groupby(files, key=lambda file: file.folder):
        found = yield from _stories_of_folder(tuple(group), complete=folder not in broken)
        for document in found:
            documents.append((yield from _with_lock(document, Path(folder), root)))
    yield from _same_names(documents)
    return documents


def _schema_files(schemas: Path, root: Path) -> Findings[Sequence[Path]]:
    nowhere = Place(Source(_shown(schemas, root), ""))
    try:
        if schemas.is_file():
            return [schemas]
        if not schemas.is_dir():
            yield reading.unreadable_file(nowhere, "there is no such folder", _ELSEWHERE)
            return []
        found = [file for file in _toml_files(schemas) if not file.name.endswith(_LOCK)]
    except OSError as error:
        place = Place(Source(_shown(Path(error.filename or schemas), root), ""))
        yield reading.unreadable_file(place, _reason(error))
        return []
    if not found:
        yield reading.missing_story(nowhere)
    return sorted(found, key=lambda file: (file.parent.parts, file.name))


def _toml_files(folder: Path) -> Iterator[Path]:
    """Unlike `rglob`, fails at a folder that may not be read: its stories would seem removed.

    What is hidden belongs to tools: the locks and backups of editors, for example.
    """
    for inner, folders, files in walk(folder, onerror=_fail):
        folders[:] = [name for name in folders if not name.startswith(".")]
        names = (name for name in folders + files if not name.startswith("."))
        yield from (Path(inner, name) for name in names if name.endswith(".toml"))


def _fail(error: OSError) -> NoReturn:
    raise error


def _read(file: Path, root: Path) -> Findings[_File | None]:
    shown = _shown(file, root)
    text = yield from _text(file, shown)
    if text is None:
        return None
    source = Source(shown, text)
    tables = yield from parse(source)
    return None if tables is None else _File(str(file.parent), source, tables)


def _with_lock(document: Document, folder: Path, root: Path) -> Findings[Document]:
    """A story without a proper name has none; it is reported elsewhere."""
    story = document.tables.get("story")
    if not isinstance(story, str) or not story.isidentifier():
        return document
    file = folder / f"{story}{_LOCK}"
    shown = _shown(file, root)
    text = (yield from _text(file, shown)) if file.exists() else ""
    return replaced(document, lock=Source(shown, text or ""))


def _locks_without_story(
    schemas: Path, root: Path, documents: Sequence[Document]
) -> Iterator[Diagnostic]:
    """What has been released, and would be forgotten because its story is elsewhere."""
    known = {document.lock.path for document in documents}
    files = _toml_files(schemas) if schemas.is_dir() else ()
    for shown in sorted(_shown(file, root) for file in files if file.name.endswith(_LOCK)):
        if shown not in known:
            yield reading.lock_without_story(Place(Source(shown, "")))


def _text(file: Path, shown: str) -> Findings[str | None]:
    nowhere = Place(Source(shown, ""))
    try:
        text = _bytes(file).decode()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        yield reading.not_utf_8(nowhere, f"is not UTF-8 text (line {line})")
        return None
    except OSError as error:
        yield reading.unreadable_file(nowhere, _reason(error))
        return None
    if text.startswith("\ufeff"):
        yield reading.not_utf_8(nowhere, "starts with a byte order mark")
        return None
    return text


def _bytes(file: Path) -> bytes:
    """Of a file, and not of a pipe or a device, which may never end."""
    if stat.S_ISREG(file.stat().st_mode):
        return file.read_bytes()
    raise OSError("it is no file")


def _shown(file: Path, root: Path) -> str:
    """Relative to the root, never with a back slash: the same text on every machine."""
    return Path(path.relpath(file, root)).as_posix()


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


# From files to stories


def _stories_of_folder(files: Sequence[_File], *, complete: bool) -> Findings[Sequence[Document]]:
    """A folder with a file that could not be read may lack just what would make sense of it."""
    naming = [file for file in files if file.names_a_story]
    others = [file for file in files if not file.names_a_story]
    if not others:
        documents: list[Document] = []
        for same in _by_name(naming):
            documents.append((yield from _merged(same)))
        return documents
    if len(naming) == 1:
        document = yield from _merged([*naming, *others])
        return [document]
    if naming:
        first, second, *_ = naming
        yield reading.unclear_folder(second.story, first.story, Place(others[0].source))
    elif complete:
        yield _missing_story(others)
    return []


def _by_name(files: Sequence[_File]) -> Iterable[Sequence[_File]]:
    """Files of one folder that name the same story are meant to be one."""
    stories: dict[str, list[_File]] = {}
    for file in files:
        stories.setdefault(repr(file.tables["story"]), []).append(file)
    return stories.values()


def _missing_story(files: Sequence[_File]) -> Diagnostic:
    """At a key that may have been meant, else at the first file."""
    for file in files:
        for key in closest("story", file.tables):
            return reading.missing_story(Place(file.source, (key,)), "did you mean `story`?")
    return reading.missing_story(Place(files[0].source))


def _merged(files: Sequence[_File]) -> Findings[Document]:
    """Sections come together by name; what an earlier file has said, a later one may not."""
    if len(files) == 1:
        return Document(files[0].tables, files[0].source)
    tables: dict[str, object] = {}
    homes: dict[Keys, Source] = {}
    for file in files:
        for keys, value in _declarations(file.tables):
            place = Place(file.source, keys)
            if keys in homes:
                yield reading.declared_twice(dotted(keys), place, Place(homes[keys], keys))
            else:
                homes[keys] = file.source
                _put(tables, keys, value)
        for key in (key for key, value in file.tables.items() if value == {}):
            homes.setdefault((key,), file.source)
            tables.setdefault(key, {})
    return Document(tables, files[0].source, homes)


def _declarations(tables: dict[str, object]) -> Iterator[tuple[Keys, object]]:
    """Each setting, and each entry of each section; not the user's own keys."""
    for key, value in tables.items():
        section = None if key in _ONCE else table_of(value)
        if section is None and not is_private(key):
            yield (key,), value
        for name, declared in (section or {}).items():
            if not is_private(key) and not is_private(name):
                yield (key, name), declared


def _put(tables: dict[str, object], keys: Keys, value: object) -> None:
    """What is no section in one file, and one in another, stays none: the resolver reports it."""
    *section, name = map(str, keys)
    table = table_of(tables.setdefault(section[0], {})) if section else tables
    if table is not None:
        table[name] = value


def _same_names(documents: Sequence[Document]) -> Findings[None]:
    """Between stories: each has a name of its own, and a PostgreSQL schema of its own."""
    stories = [_setting(document, "story") for document in documents]
    yield from _told_apart(stories, reading.declared_twice)
    distinct = dict(zip((name for name, _ in stories), documents, strict=True)).values()
    schemas = [_setting(document, "schema", "story") for document in distinct]
    yield from _told_apart(schemas, reading.shared_database_schema)


def _told_apart(
    names: Iterable[tuple[str, Place]], mistake: Callable[[str, Place, Place], Diagnostic]
) -> Findings[None]:
    first: dict[str, Place] = {}
    for name, place in names:
        if name and first.setdefault(name, place) != place:
            yield mistake(name, place, first[name])


def _setting(document: Document, *keys: str) -> tuple[str, Place]:
    """The first of these keys that is there; empty if it is not text."""
    key = next(key for key in keys if key in document.tables)
    value = document.tables[key]
    return value if isinstance(value, str) else "", document.place((key,)).value
