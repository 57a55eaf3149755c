"""A finished run of `generate` → the manifest that lets the next one end at once.

Everything is marked before the run reads it, and again when all is written. The manifest is kept
only if nothing else has changed in between; so it never claims to have seen what the run did not.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from storyline_cli.configuration import FILE, Configuration
from storyline_cli.manifest import FILE as MANIFEST
from storyline_cli.manifest import (
    NO_ENTRY,
    RECENT,
    TOOL,
    UnrecordableError,
    content_hash,
    file_hash,
    last_change,
    mark,
    tool_mark,
    write,
)
from storyline_generator.immutable import immutable
from storyline_generator.renderer import RenderedFile
from storyline_generator.writer import Difference

_PACKAGES = ("storyline_cli", "storyline_generator")
_LIBRARIES = ("jinja2", "ruff", "tomli")
"""Their versions may show in what is generated."""


@immutable
class Snapshot:
    """All that a run depends on, before it runs."""

    recent_since: int
    marks: Mapping[str, str]
    """By path: relative to the project, absolute for the tool."""
    hashes: Mapping[str, str]
    """Of recent files: those that could be changed again without their times showing it."""


def snapshot(settings: Configuration) -> Snapshot | None:
    """None where it cannot be recorded: there is a link, or what is no file."""
    recent_since = time.time_ns() - RECENT
    try:
        marks = _marks(settings)
        recent = [path for path, each in marks.items() if last_change(each) >= recent_since]
        hashes = {path: file_hash(str(settings.root / path)) for path in recent}
    except (OSError, UnrecordableError):
        return None
    return Snapshot(recent_since, marks, hashes)


def record(
    settings: Configuration,
    before: Snapshot,
    files: Mapping[str, RenderedFile],
    differences: Iterable[Difference],
) -> None:
    """The manifest of a run that wrote these differences; none where it cannot be kept."""
    written = {difference.path: difference.after for difference in differences}
    with suppress(OSError, UnrecordableError):
        marks = _marks(settings)
        if _files(marks, written) != _files(before.marks, written):
            return
        offers = [path for path, file in files.items() if file.once]
        offered = {path: mark("offer", str(settings.root / path)) for path in offers}
        hashes = {path: content_hash(text.encode()) for path, text in written.items()}
        lines = _lines(offered | marks, {**before.hashes, **hashes})
        _make_folder(settings.root / MANIFEST)
        write(str(settings.root), tool_mark(), str(before.recent_since), str(len(files)), *lines)


def _files(marks: Mapping[str, str], written: Mapping[str, str]) -> dict[str, str]:
    """What the run should have left as it was. Folders have changed with what was written."""
    return {
        path: each
        for path, each in marks.items()
        if path not in written and each.startswith("file:")
    }


def _lines(marks: Mapping[str, str], hashes: Mapping[str, str]) -> list[str]:
    if any("\n" in path for path in marks):
        raise UnrecordableError
    return [f"{each} {hashes.get(path, '-')} {path}" for path, each in marks.items()]


def _make_folder(manifest: Path) -> None:
    """What stands beside the manifest is of this machine, and none of git's business."""
    with suppress(FileExistsError):
        manifest.parent.mkdir()
        (manifest.parent / ".gitignore").write_text("*\n", encoding="utf-8")


# What a run depends on


def _marks(settings: Configuration) -> dict[str, str]:
    """Every file and folder, and the folders on the way to what is written."""
    root = str(settings.root)
    outputs = (settings.package, settings.migrations)
    tool = (os.path.join(TOOL, package) for package in _PACKAGES)
    origins = (str(spec.origin) for spec in map(find_spec, _LIBRARIES) if spec)
    marks = {path: mark("file", os.path.join(root, path)) for path in (FILE, *origins)}
    for way in _ways_to(*outputs):
        if (settings.root / way).exists():
            marks[way] = mark("place", os.path.join(root, way))
    for tree in (settings.schemas, *outputs, *tool):
        marks.update(_tree(root, tree))
    return marks


def _ways_to(*trees: str) -> list[str]:
    return [str(folder) for tree in trees for folder in PurePosixPath(tree).parents[:-1]]


def _tree(root: str, tree: str) -> Iterator[tuple[str, str]]:
    """A folder with all below it, or a single file."""
    full = os.path.join(root, tree)
    if not os.path.isdir(full):
        if os.path.exists(full):
            yield tree, mark("file", full)
        return
    yield tree, mark("folder", full)
    for name in sorted(os.listdir(full)):
        if name != NO_ENTRY:
            yield from _tree(root, f"{tree}/{name}")
