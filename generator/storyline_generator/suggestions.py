"""Turns a name that nobody knows into "did you mean …?". It knows not what names stand for."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MOST = 3


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """A hint with the names that look alike, best first; empty if none does."""
    found = closest(name, candidates)
    return f"did you mean {one_of(found)}?" if found else ""


def closest(name: str, candidates: Iterable[str]) -> list[str]:
    """At most three candidates that could have been meant, whatever their case."""
    by_folded = {candidate.lower(): candidate for candidate in candidates}
    matches = get_close_matches(name.lower()[:200], by_folded, n=_MOST, cutoff=0.6)
    return [by_folded[match] for match in matches]


def one_of(names: Iterable[str]) -> str:
    """`a`, `b` or `c`."""
    return _listed(names, "or")


def all_of(names: Iterable[str]) -> str:
    """`a`, `b` and `c`."""
    return _listed(names, "and")


def _listed(names: Iterable[str], word: str) -> str:
    quoted = [f"`{name}`" for name in names]
    *head, last = quoted or ["nothing"]
    return f"{', '.join(head)} {word} {last}" if head else last
