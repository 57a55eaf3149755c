"""Takes out the warnings that a comment silences, and says which comments silence nothing.

`# storyline: ignore[CODE] reason`, behind something or on a line of its own above it. A hash within
a string begins no comment.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from storyline_generator.diagnostics import Diagnostic, Findings, Place, collected
from storyline_generator.immutable import immutable
from storyline_generator.mistakes.ignoring import malformed_ignore, unused_ignore
from storyline_generator.reading.comments import comments
from storyline_generator.reading.spans import span_of
from storyline_generator.source import Source, Span
from storyline_generator.suggestions import did_you_mean

_OURS = re.compile(r"#\s*storyline:\s*(?P<order>.*)")
_IGNORE = re.compile(r"ignore\[(?P<codes>[^\]]*)\]\s*(?P<reason>.*)")
_FORM = "write `# storyline: ignore[CODE] reason`"


@immutable
class _Ignore:
    code: str
    line: int
    """The line whose warnings it silences."""
    place: Place

    def silences(self, warning: Diagnostic) -> bool:
        source = warning.place.source
        here = (warning.code, source) == (self.code, self.place.source)
        return here and span_of(warning.place).position(source)[0] == self.line


def without_ignored(
    found: Iterable[Diagnostic], sources: Iterable[Source], codes: Collection[str]
) -> tuple[Diagnostic, ...]:
    """What no comment silences. `codes`: all that may be, each of which has been looked for."""
    ignores, diagnostics = collected(_ignores(sources, codes))
    left: list[Diagnostic] = list(diagnostics)
    used: set[_Ignore] = set()
    for diagnostic in found:
        silencing = [each for each in ignores if each.silences(diagnostic)]
        used.update(silencing)
        left += [] if silencing else [diagnostic]
    unused = (ignore for ignore in ignores if ignore not in used)
    return (*left, *(unused_ignore(each.code, each.place, "remove it") for each in unused))


def _ignores(sources: Iterable[Source], codes: Collection[str]) -> Findings[list[_Ignore]]:
    ignores: list[_Ignore] = []
    for source in sources:
        for span in comments(source.text):
            if ours := _OURS.match(source.text[span.start : span.end].rstrip()):
                ignores += yield from _ignores_of(ours["order"], Place(source, span=span), codes)
    return ignores


def _ignores_of(order: str, place: Place, codes: Collection[str]) -> Findings[list[_Ignore]]:
    match = _IGNORE.fullmatch(order)
    named = [code.strip() for code in match["codes"].split(",")] if match else []
    if match is None or not match["reason"] or not all(named):
        yield malformed_ignore(place, _reproach(named), _FORM)
        return []
    for code in named:
        if code not in codes:
            hint = did_you_mean(code, codes) or "write what stands in the brackets of a warning"
            yield malformed_ignore(place, f"`{code}` is not the code of a warning.", hint)
    line = _silenced_line(place)
    return [_Ignore(code, line, place) for code in named if code in codes]


def _reproach(named: list[str]) -> str:
    if named and all(named):
        return "this does not say why the warning is to be ignored."
    return "this does not say which warning is to be ignored."


def _silenced_line(place: Place) -> int:
    """Its own line; of a comment that stands alone, the next line that is more than a comment."""
    text, start = place.source.text, place.span.start if place.span else 0
    line, column = Span(start, start).position(place.source)
    lines = text.split("\n")
    if lines[line - 1][: column - 1].strip():
        return line
    return next(_meaningful(lines, line), line)


def _meaningful(lines: list[str], above: int) -> Iterator[int]:
    for number, text in enumerate(lines[above:], above + 1):
        if not text.lstrip().startswith("#"):
            yield number
