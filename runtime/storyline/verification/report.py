"""A database and a story → all that is wrong with its log, in one report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from psycopg import Connection

from storyline.rows import Row
from storyline.story import Story
from storyline.surroundings import Surroundings, inspection
from storyline.verification.log import Finding, Kind, LogReader, Progress, Samples
from storyline.verification.objects import Wanted, object_findings

MOST_OF_A_CODE = 20
"""Findings that are kept: a log of which nothing can be read must not fill the memory."""


class Report(NamedTuple):
    story: str
    last_id: int
    counts: tuple[tuple[Kind, int], ...]
    findings: tuple[Finding, ...]


def verified(
    connection: Connection[Row],
    story: Story,
    wanted: Wanted,
    sample: int | None,
    progress: Progress,
) -> Report:
    """Reads only. `sample`: how many of the newest events of each type and version are read, and
    how many random ones; None: every event. Where the tables are missing nothing else is told.
    """
    statement = inspection(story)
    (row,) = connection.execute(statement.text, statement.parameters)
    if refusal := Surroundings(*row).refusal(story):
        return Report(story.name, 0, (), (Finding("unsuitable-database", str(refusal)),))
    log = LogReader(connection, story, progress)
    findings = (
        *object_findings(connection, story.schema, wanted),
        *_first_of_each_code(_findings(log, sample)),
    )
    return Report(story.name, log.last_id, tuple(sorted(log.counts.items())), findings)


def _findings(log: LogReader, sample: int | None) -> Iterator[Finding]:
    """Ids first: looking through them counts the events and draws the samples."""
    samples = Samples(sample or 0)
    yield from log.disorder(samples)
    yield from log.unreadable(None if sample is None else samples.ids)
    yield from log.wrong_decisions()


def _first_of_each_code(findings: Iterable[Finding]) -> Iterator[Finding]:
    found: Counter[str] = Counter()
    for finding in findings:
        found[finding.code] += 1
        if found[finding.code] <= MOST_OF_A_CODE:
            yield finding
    for code, count in found.items():
        if count > MOST_OF_A_CODE:
            yield Finding(code, f"And {count - MOST_OF_A_CODE} more of `{code}`.")
