"""The folder of migrations, as the generator wants to know it: names, and hashes of the texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from storyline_cli.configuration import Configuration
from storyline_generator.banner import text_hash
from storyline_generator.conflicts import has_markers, versions
from storyline_generator.plan import Layout
from storyline_generator.plan.numbers import numbered_files
from storyline_generator.writer import put


def layout(settings: Configuration) -> Layout:
    """The settings that generated text depends on, and the migrations that are there."""
    hashes = {file.name: text_hash(_text(file)) for file in _files(settings)}
    return Layout(settings.package, settings.migrations, settings.client, hashes)


def texts(settings: Configuration) -> Mapping[str, str]:
    """Of the migrations that are there, by name: what stands behind the number."""
    there = {file.name: _text(file) for file in _files(settings)}
    return {each.name: there[each.file] for each in numbered_files(there)}


def restore(settings: Configuration) -> Iterator[str]:
    """In a merge: of a file that holds conflict markers, the version that a lock says is released.

    Any other is of a branch that has not released it, and is planned anew behind this one.
    """
    for file in _files(settings):
        if has_markers(_text(file)):
            known = [text for text in versions(file) if text and _is_released(settings, text)]
            if len(known) == 1:
                put(file, known[0])
                yield file.relative_to(settings.root).as_posix()


def _is_released(settings: Configuration, text: str) -> bool:
    locks = (settings.root / settings.schemas).rglob("*.lock.toml")
    return any(text_hash(text) in _text(lock) for lock in locks)


def _files(settings: Configuration) -> Sequence[Path]:
    return sorted((settings.root / settings.migrations).glob("*.sql"))


def _text(file: Path) -> str:
    return file.read_bytes().decode(errors="replace")
