"""What was and what is → the change of a story, for people who are asked to agree to it.

`declarations` finds what has been written otherwise, in the user's own TOML; `compatibility` says
what that means; `touched` what else it reaches; `plan.sql` what it does to databases. `markdown`
prints all of it. Nothing here judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storyline_generator.changes.declarations import (
    Declarations,
    Subject,
    declarations,
    rewritten,
    said_again,
)
from storyline_generator.changes.markdown import Change, StoryChange, markdown
from storyline_generator.changes.touched import touched
from storyline_generator.compatibility import Verdict, judge
from storyline_generator.diagnostics import Place
from storyline_generator.immutable import immutable
from storyline_generator.lock import Lock, Past
from storyline_generator.plan.sql import Migration, index_definitions, migrations_of
from storyline_generator.reading.document import Document
from storyline_generator.revisions import Revision
from storyline_generator.schema import Schema

__all__ = ["StoryChange", "Today", "markdown", "story_change"]


@immutable
class Today:
    """A story that is sound by itself; whether it may replace what was is not asked of it."""

    document: Document
    schema: Schema
    lock: Lock


def story_change(now: Today, then: Past) -> StoryChange:
    judgement = judge(now.schema, then, index_definitions(now.schema))
    written = declarations(now.document.tables)
    renamed = now.schema.older_types(now.schema.events)
    lines = rewritten(_before(written, then, renamed), written, renamed)
    verdicts = _by_subject(judgement.verdicts)
    subjects = dict.fromkeys((*lines, *(each for each in verdicts if each)))
    before = then.schema if isinstance(then, Revision) else None
    return StoryChange(
        now.schema.story,
        tuple(Change(each, lines.get(each, ()), verdicts.get(each, ())) for each in subjects),
        judgement.mistakes,
        touched(subjects, now.schema, before),
        None if judgement.errors else _new_migrations(judgement.schema, now.lock, then),
    )


def _before(written: Declarations, then: Past, renamed: Mapping[str, str]) -> Declarations:
    """A lock does not know how something was written, but that it was there."""
    if isinstance(then, Revision):
        return declarations(then.tables)
    return said_again(written, then.tree, renamed) if then.tree else {}


def _by_subject(verdicts: Iterable[Verdict]) -> Mapping[Subject | None, tuple[Verdict, ...]]:
    """New indexes are none of their own: their SQL is shown."""
    found: dict[Subject | None, tuple[Verdict, ...]] = {}
    for verdict in verdicts:
        subject = _subject(verdict.now) or (verdict.then and _subject(verdict.then)) or None
        found[subject] = (*found.get(subject, ()), verdict)
    return found


def _subject(place: Place) -> Subject | None:
    match place.keys:
        case (str() as section, str() as name, *_):
            return Subject(section, name)
        case _:
            return None


def _new_migrations(schema: Schema, lock: Lock, then: Past) -> tuple[Migration, ...]:
    """Those that are planned now, and were not then."""
    planned = migrations_of(schema, lock.tree)
    if not isinstance(then, Revision):
        return planned
    before = migrations_of(judge(then.schema, then.lock).schema, then.lock.tree)
    known = {(each.name, each.up) for each in before}
    return tuple(each for each in planned if (each.name, each.up) not in known)
