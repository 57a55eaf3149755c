"""May this story replace that one? What is now and what was → a verdict on every change.

`rules/` holds the rules as data: each kind of change with its verdict, its remedy and the page that
explains it. The modules beside it find the changes, a subject each: `events` and their names, what
the last release makes of today's rows (`forward`), `searches`, `states` and what they are made of
(`asked`), `wire`, and `home`. Whether stored rows can be read and found, `evolution` says; its
diagnostics carry the codes of the rules.

Errors hold against every version that was ever released, and nothing silences them. Warnings
compare with the last release. What has not been released is never judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from storyline_generator.compatibility.events import of_names
from storyline_generator.compatibility.forward import of_events
from storyline_generator.compatibility.home import moved_log
from storyline_generator.compatibility.rule import Rule, Verdict
from storyline_generator.compatibility.rules import BY_CODE, RULES, WARNINGS
from storyline_generator.compatibility.searches import of_filters, of_indexes, of_states, of_streams
from storyline_generator.compatibility.states import of_projections
from storyline_generator.compatibility.wire import changed_wire
from storyline_generator.diagnostics import Diagnostic, collected
from storyline_generator.evolution import evolve
from storyline_generator.immutable import immutable
from storyline_generator.lock import Past, frozen
from storyline_generator.lock.tree import Tree
from storyline_generator.schema import Field, Schema

__all__ = ["RULES", "WARNINGS", "Judgement", "Rule", "Verdict", "judge", "judged"]


@immutable
class Judgement:
    """The schema with its history, the verdicts, and what is wrong with how its history is told."""

    schema: Schema
    verdicts: tuple[Verdict, ...]
    mistakes: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return (*self.mistakes, *self._of("error"))

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(self._of("warning"))

    def _of(self, severity: str) -> Iterator[Diagnostic]:
        for verdict in self.verdicts:
            diagnostic = verdict.diagnostic
            if diagnostic and diagnostic.severity == severity:
                yield diagnostic


def judged(
    now: Schema, then: Past, indexes: Mapping[str, str] | None = None
) -> tuple[Verdict, ...]:
    """Every change between what was and a schema that is sound by itself, allowed ones too.

    `indexes` are the definitions of today's, by name; without them nothing is said of new ones.
    """
    return judge(now, then, indexes).verdicts


def judge(now: Schema, then: Past, indexes: Mapping[str, str] | None = None) -> Judgement:
    today: Tree = frozen(now, {}) if then.tree else {}
    schema, found = collected(evolve(now, then, today))
    mistakes = tuple(each for each in found if each.code not in BY_CODE)
    verdicts = [_verdict(each) for each in found if each.code in BY_CODE]
    if then.tree:
        verdicts += _of_what_was(schema, today, then)
        verdicts += of_indexes(schema, then, indexes or {})
        verdicts = _without_consequences(verdicts, of_streams(schema, today, then))
        verdicts += [moved] if (moved := moved_log(schema, then)) else []
    if any(each.rule.level == "error" for each in verdicts) and (wire := changed_wire(now, then)):
        return Judgement(schema, (wire,), ())
    return Judgement(schema, tuple(verdicts), mistakes)


def _of_what_was(schema: Schema, today: Tree, then: Past) -> Iterator[Verdict]:
    yield from of_names(schema, today, then)
    yield from of_events(schema, today, then)
    yield from of_filters(schema, then)
    yield from of_states(schema, then)
    yield from of_projections(schema, today, then)


def _without_consequences(
    verdicts: Iterable[Verdict], of_keys: Iterable[tuple[Field, Verdict]]
) -> list[Verdict]:
    """A key that lacks its `was` is only that; all else about a key is that it is another one."""
    left = list(verdicts)
    for key, verdict in of_keys:
        if not any(_is_rename(each) and each.now == key.place for each in left):
            left = [each for each in left if each.now != key.place]
            left.append(verdict)
    return left


def _is_rename(verdict: Verdict) -> bool:
    return verdict.rule.code == "unannounced-rename"


def _verdict(found: Diagnostic) -> Verdict:
    return Verdict(BY_CODE[found.code], found.message, found.place, found.related, found.hint)
