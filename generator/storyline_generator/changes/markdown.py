"""The change of stories → Markdown, as it stands in a pull request. It decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from storyline_generator.changes.declarations import Lines, Subject
from storyline_generator.changes.touched import Touched
from storyline_generator.compatibility import Verdict
from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.immutable import immutable
from storyline_generator.plan.sql import Migration
from storyline_generator.reading.spans import span_of

_KINDS = {
    "": "setting",
    "types": "type",
    "streams": "stream",
    "events": "event",
    "filters": "filter",
    "projections": "projection",
    "validators": "validator",
}
_WORDS = {"error": "**Breaks**", "warning": "**Care**", "allowed": "Safe"}
_LONG = 30
"""Lines of SQL that are worth a click."""


class Change(NamedTuple):
    """`lines`: what was written, and what is, as a diff has it."""

    subject: Subject
    lines: Lines
    verdicts: tuple[Verdict, ...]


@immutable
class StoryChange:
    story: str
    changes: tuple[Change, ...]
    mistakes: tuple[Diagnostic, ...]
    """In how the past is told: an upcast that does not fit."""
    touched: tuple[Touched, ...]
    migrations: tuple[Migration, ...] | None
    """None: something breaks, and nothing is planned."""


def markdown(stories: Sequence[StoryChange], gone: Iterable[str], against: str) -> str:
    """`gone`: stories that there were, and that nobody finds any more."""
    left = "".join(f"The story `{name}` is gone, compared with `{against}`.\n" for name in gone)
    changed = [story for story in stories if story.changes or story.mistakes or story.migrations]
    if not changed:
        return left or f"No story has changed, compared with `{against}`.\n"
    return left + "\n".join(line for story in changed for line in _story(story, against))


def _story(story: StoryChange, against: str) -> Iterator[str]:
    yield f"# The story `{story.story}`, compared with `{against}`\n"
    yield _summary(story) + "\n"
    for change in story.changes:
        yield from _change(change)
    for found in story.mistakes:
        yield _item("**Mistake**", found.message, found.place, found.hint) + "\n"
    if story.touched:
        yield "## What it touches\n"
        yield from _table(story.touched)
    yield from _sql(story.migrations)


def _summary(story: StoryChange) -> str:
    levels = [verdict.rule.level for change in story.changes for verdict in change.verdicts]
    breaks, care = levels.count("error") + len(story.mistakes), levels.count("warning")
    said = [
        f"**{_counted(breaks, 'change')} would break what is stored.**" if breaks else "",
        f"{_counted(care, 'change')} need{'s' * (care == 1)} care while old code runs."
        if care
        else "",
        "" if breaks or care else "Everything that is stored can still be read and found.",
    ]
    return " ".join(filter(None, said))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _change(change: Change) -> Iterator[str]:
    section, name = change.subject
    yield f"## The {_KINDS[section]} `{name}`\n"
    if change.lines:
        yield _fenced("diff", change.lines)
    for verdict in change.verdicts:
        yield _item(
            _WORDS[verdict.rule.level],
            verdict.message,
            verdict.now,
            verdict.hint,
            f"{verdict.rule.id} {verdict.rule.code}",
        )
    if change.verdicts:
        yield ""


def _item(word: str, message: str, place: Place, hint: str, rule: str = "") -> str:
    line, _ = span_of(place).position(place.source)
    where = f"`{place.source.path}:{line}`" + (f", {rule}" if rule else "")
    remedy = f"\n  Way forward: {_plain(hint)}." if hint else ""
    return f"- {word}: {_plain(message)} ({where}){remedy}"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _table(rows: Iterable[Touched]) -> Iterator[str]:
    yield "| change | found by | projections | validators |"
    yield "|---|---|---|---|"
    for row in rows:
        cells = (row.found_by, row.projections, row.validators)
        yield f"| `{row.subject.name}` | {' | '.join(map(_names, cells))} |"
    yield ""


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sql(migrations: tuple[Migration, ...] | None) -> Iterator[str]:
    if migrations is None:
        yield "## SQL\n\nNone is planned while something breaks.\n"
    elif migrations:
        yield "## SQL\n"
        for migration in migrations:
            yield from _migration(migration)


def _migration(migration: Migration) -> Iterator[str]:
    lines = [line for statement in migration.up for line in f"{statement}\n".splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    text = _fenced("sql", lines)
    about = f"`{migration.name}`: {_plain(migration.about[0])}"
    if len(lines) <= _LONG:
        yield f"{about}\n\n{text}"
    else:
        yield f"<details><summary>{about} {len(lines)} lines</summary>\n\n{text}\n</details>\n"


def _fenced(language: str, lines: Sequence[str]) -> str:
    """Nothing within ends the fence."""
    runs = (len(run) for line in lines for run in re.findall("`{3,}", line))
    fence = "`" * max(3, 1 + max(runs, default=0))
    return "\n".join((f"{fence}{language}", *lines, fence)) + "\n"
