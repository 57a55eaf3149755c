"""All stages in order: the schemas of a project → the text of every file, or what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storyline_generator import lint
from storyline_generator.checks import check
from storyline_generator.diagnostics import Diagnostic, Findings, Place, collected
from storyline_generator.ignores import without_ignored
from storyline_generator.lock import Lock, frozen, lock_text, news, read_lock, released
from storyline_generator.mistakes.sharing import shared_file
from storyline_generator.plan import Layout, Plan, PlannedFile, plan
from storyline_generator.plan.sql import index_definitions
from storyline_generator.reading.loader import load
from storyline_generator.renderer import RenderedFile, render
from storyline_generator.resolver import resolve
from storyline_generator.schema import SoundSchema
from storyline_generator.source import Source


@dataclass(frozen=True, slots=True)
class Stories:
    """The stories that are sound, with the files in which they stand, and all that is wrong."""

    sound: tuple[SoundSchema, ...]
    locks: tuple[Lock, ...]
    """What has been released of each of them."""
    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The files by path; none where there is a diagnostic."""

    files: Mapping[str, RenderedFile]
    diagnostics: tuple[Diagnostic, ...]


def generate(root: Path, schemas: str, layout: Layout) -> Outcome:
    """Read every story below `schemas`, and generate. It writes nothing."""
    return generated(read(root, schemas), layout)


def read(root: Path, schemas: str) -> Stories:
    """Every story below `schemas`. Nothing else here reads the disk."""
    loaded = load(root / schemas, root)
    sound: list[SoundSchema] = []
    locks: list[Lock] = []
    sources: list[Source] = []
    diagnostics = list(loaded.diagnostics)
    for document in loaded.documents:
        lock, damage = collected(read_lock(document.lock))
        diagnostics += damage
        checked = check(resolve(document), None if damage else lock)
        if isinstance(checked, SoundSchema):
            sound.append(checked)
            locks.append(lock)
            sources += document.sources
        else:
            diagnostics += checked
    return Stories(tuple(sound), tuple(locks), tuple(sources), tuple(diagnostics))


def generated(stories: Stories, layout: Layout) -> Outcome:
    """A pure function: the same stories and layout give the same bytes."""
    planned, shared = collected(_plan(stories, layout))
    diagnostics = (*stories.diagnostics, *shared)
    return Outcome({}, diagnostics) if diagnostics else Outcome(render(planned), ())


@dataclass(frozen=True, slots=True)
class Release:
    """The text of each lock, by path, and what it has that the one on disk has not."""

    locks: Mapping[str, str]
    news: tuple[str, ...]


def release(stories: Stories) -> Release:
    """What the locks are once everything that is now has been released. There is no mistake."""
    texts: dict[str, str] = {}
    new: list[str] = []
    for sound, lock in zip(stories.sound, stories.locks, strict=True):
        after = released(lock.tree, frozen(sound.schema, index_definitions(sound.schema)))
        texts[lock.source.path] = lock_text(after)
        new += news(lock.tree, after)
    return Release(texts, tuple(new))


def warnings(stories: Stories) -> tuple[Diagnostic, ...]:
    """What no comment silences. It waits for stories without errors, as it may follow from them."""
    if stories.diagnostics:
        return ()
    found = (warning for sound in stories.sound for warning in lint.lint(sound))
    return without_ignored(found, stories.sources, lint.CODES)


def _plan(stories: Stories, layout: Layout) -> Findings[Plan]:
    """The plan of all stories that are sound."""
    planned = plan(stories.sound, layout)
    yield from _shared_files(planned)
    return planned


def _shared_files(planned: Plan) -> Findings[None]:
    """What shares a whole package is told of once."""
    first: dict[str, PlannedFile] = {}
    told: set[tuple[Place, Place]] = set()
    for file in planned:
        both = file.place, first.setdefault(file.path, file).place
        if first[file.path] is not file and both not in told:
            told.add(both)
            yield shared_file(file.path, *both)
