"""`storyline migrations`: what the files of released migrations need, and no hand should do.

They are renamed, joined and translated here; what they do to a database never changes.
"""

from __future__ import annotations

import argparse

from storyline.migrations import MigrationError
from storyline.migrations.files import read_folder
from storyline_cli import FINE, UsageError
from storyline_cli.alembic_revisions import revisions
from storyline_cli.configuration import Configuration, configuration
from storyline_cli.migration_folder import layout, texts
from storyline_cli.output import report
from storyline_generator import pipeline, writer
from storyline_generator.pipeline import Stories
from storyline_generator.released_files import renumbered
from storyline_generator.settling import settled
from storyline_generator.squashing import Squash, squash


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    actions.add_parser(
        "merge", help="after a merge: give released migrations of one number numbers of their own"
    )
    of_one = actions.add_parser(
        "squash", help="one baseline in place of a story's released migrations"
    )
    of_one.add_argument("story", nargs="?", help="of this story (default: of all)")
    alembic = actions.add_parser("alembic", help="write the migrations as revisions of Alembic")
    alembic.add_argument("folder", help="of the revisions, e.g. `alembic/versions`")


def run(arguments: argparse.Namespace) -> int:
    settings = configuration()
    if arguments.action == "alembic":
        return _write_revisions(arguments, settings)
    is_settled = arguments.action == "merge" and _settle(settings)
    stories = pipeline.read(settings.root, settings.schemas)
    if stories.diagnostics:
        return report(arguments, stories.diagnostics, "")
    if arguments.action == "merge":
        return _merge(settings, stories, is_settled=is_settled)
    return _squash(arguments, settings, stories)


def _settle(settings: Configuration) -> bool:
    """Locks forget what the other branch released under the name of a file that is there."""
    there, is_settled = texts(settings), False
    for lock in pipeline.read(settings.root, settings.schemas).locks:
        text = settled(lock, there)
        if text != lock.source.text:
            writer.put(settings.root / lock.source.path, text)
            print(f"{lock.source.path} says now what the files of migrations say.")
            is_settled = True
    return is_settled


def _merge(settings: Configuration, stories: Stories, *, is_settled: bool) -> int:
    """Only names change, so databases know each file again."""
    folder = settings.root / settings.migrations
    renamed = renumbered(stories.lock_of, layout(settings).existing_migrations)
    for old, new in renamed.items():
        (folder / old).rename(folder / new)
        print(f"{old} is {new} now.")
    is_changed = renamed or is_settled
    print("Next: `storyline generate`." if is_changed else "Every number is there only once.")
    return FINE


def _squash(arguments: argparse.Namespace, settings: Configuration, stories: Stories) -> int:
    known = layout(settings)
    if mistakes := pipeline.generated(stories, known).diagnostics:
        return report(arguments, mistakes, "")
    for sound, lock in zip(stories.sound, stories.locks, strict=True):
        story = sound.schema.story
        if arguments.story in (None, story):
            done = squash(sound.schema, lock, known)
            print(_written(settings, done) if done else _refused(story))
    if arguments.story not in (None, *stories.lock_of):
        raise UsageError(f"There is no story `{arguments.story}`.")
    return FINE


def _written(settings: Configuration, done: Squash) -> str:
    for path in done.gone:
        (settings.root / path).unlink()
    for path, file in done.new.items():
        writer.put(settings.root / path, file.text)
    for path, text in done.lock.items():
        writer.put(settings.root / path, text)
    (new,) = done.new
    return f"{new} stands for {len(done.gone)} files now, and databases that have those have it."


def _refused(story: str) -> str:
    return f"`{story}` has one migration, or one that is not released: there is nothing to join."


def _write_revisions(arguments: argparse.Namespace, settings: Configuration) -> int:
    """What is there of ours and untouched is replaced; what anybody else wrote is in the way."""
    try:
        files = read_folder(settings.root / settings.migrations)
    except MigrationError as error:
        raise UsageError(str(error)) from error
    wanted = revisions(files, settings.migrations)
    paths = {f"{arguments.folder}/{name}": file for name, file in wanted.items()}
    differences = writer.compare(settings.root, arguments.folder, paths)
    if refusals := writer.refusals(differences):
        return report(arguments, refusals, "")
    writer.write(settings.root, differences)
    return report(arguments, (), f"Wrote {len(differences)} of {len(paths)} revisions.")
