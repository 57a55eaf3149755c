"""All stages in order: the schemas of a project → the text of every file, or what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from storyline_generator.checks import check
from storyline_generator.diagnostics import Diagnostic, Findings, Place, collected
from storyline_generator.immutable import immutable
from storyline_generator.lock import Lock, Past, frozen, lock_text, news, read_lock, released
from storyline_generator.lock.tree import Tree, below
from storyline_generator.migration_facts import frozen_migrations
from storyline_generator.mistakes.sharing import shared_file
from storyline_generator.plan import Layout, Plan, PlannedFile, migrations, plan
from storyline_generator.plan.migrations import PlannedMigrations
from storyline_generator.plan.sql import index_definitions
from storyline_generator.reading.loader import load
from storyline_generator.released_files import released_files
from storyline_generator.renderer import RenderedFile, render
from storyline_generator.resolver import resolve
from storyline_generator.schema import SoundSchema
from storyline_generator.source import Source


@immutable
class Stories:
    """The stories that are sound, with the files in which they stand, and all that is wrong."""

    sound: tuple[SoundSchema, ...]
    locks: tuple[Lock, ...]
    """What has been released of each of them."""
    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def lock_of(self) -> Mapping[str, Lock]:
        """By the name of the story."""
        names = (sound.schema.story for sound in self.sound)
        return dict(zip(names, self.locks, strict=True))


@immutable
class Outcome:
    """The files by path; none where there is a diagnostic."""

    files: Mapping[str, RenderedFile]
    diagnostics: tuple[Diagnostic, ...]
    stale: tuple[str, ...] = ()
    """Paths of migrations of ours that are planned otherwise now, and were never released."""


def generate(root: Path, schemas: str, layout: Layout) -> Outcome:
    """Read every story below `schemas`, and generate. It writes nothing."""
    return generated(read(root, schemas), layout)


def read(root: Path, schemas: str, against: Mapping[str, Past] | None = None) -> Stories:
    """Every story below `schemas`. Nothing else here reads the disk.

    Each is judged by its lock; or by what `against` says that it was, by the name of the story.
    """
    loaded = load(root / schemas, root)
    sound: list[SoundSchema] = []
    locks: list[Lock] = []
    sources: list[Source] = []
    diagnostics = list(loaded.diagnostics)
    for document in loaded.documents:
        lock, damage = collected(read_lock(document.lock))
        diagnostics += damage
        resolution = resolve(document)
        past = lock if against is None else against.get(resolution.schema.story, NOTHING_RELEASED)
        checked = check(resolution, None if damage else past)
        if isinstance(checked, SoundSchema):
            sound.append(checked)
            locks.append(lock)
            sources += document.sources
        else:
            diagnostics += checked
    return Stories(tuple(sound), tuple(locks), tuple(sources), tuple(diagnostics))


NOTHING_RELEASED = Lock(Source("", ""))
"""What was of a story that is new."""


def generated(stories: Stories, layout: Layout) -> Outcome:
    """A pure function: the same stories and layout give the same bytes."""
    planned, shared = collected(_plan(stories, layout))
    diagnostics = (*stories.diagnostics, *shared)
    if diagnostics:
        return Outcome({}, diagnostics)
    return Outcome(render(planned), (), _migrations(stories, layout).stale)


@immutable
class Release:
    """The text of each lock, by path, and what it has that the one on disk has not."""

    locks: Mapping[str, str]
    migrations: Outcome
    """The files that are frozen by it."""
    news: tuple[str, ...]


def release(stories: Stories, layout: Layout) -> Release:
    """What the locks are once everything that is now has been released. There is no mistake."""
    texts: dict[str, str] = {}
    new: list[str] = []
    planned = _migrations(stories, layout)
    files = render(planned.files)
    for sound, lock in zip(stories.sound, stories.locks, strict=True):
        after = {
            **released(lock.tree, frozen(sound.schema, index_definitions(sound.schema))),
            "migrations": {
                **below(lock.tree, "migrations"),
                **frozen_migrations(planned, files, sound.schema.story),
            },
        }
        texts[lock.source.path] = lock_text(after)
        new += (f"{sound.schema.story}: {line}" for line in news(lock.tree, after))
    new += [f"migration {path}" for path in files]
    return Release(texts, Outcome(files, (), planned.stale), tuple(new))


def _plan(stories: Stories, layout: Layout) -> Findings[Plan]:
    """The plan of all stories that are sound."""
    planned = plan(stories.sound, layout, _trees(stories))
    yield from _shared_files(planned)
    yield from released_files(_sound_locks(stories), layout.existing_migrations)
    return planned


def _sound_locks(stories: Stories) -> Mapping[str, Lock]:
    """A lock that says two things of a file says nothing of it."""
    broken = {each.place.source for each in stories.diagnostics}
    return {name: lock for name, lock in stories.lock_of.items() if lock.source not in broken}


def _migrations(stories: Stories, layout: Layout) -> PlannedMigrations:
    return migrations(stories.sound, layout, _trees(stories))


def _trees(stories: Stories) -> Mapping[str, Tree]:
    return {story: lock.tree for story, lock in stories.lock_of.items()}


def _shared_files(planned: Plan) -> Findings[None]:
    """What shares a whole package is told of once."""
    first: dict[str, PlannedFile] = {}
    told: set[tuple[Place, Place]] = set()
    for file in planned:
        both = file.place, first.setdefault(file.path, file).place
        if first[file.path] is not file and both not in told:
            told.add(both)
            yield shared_file(file.path, *both)
