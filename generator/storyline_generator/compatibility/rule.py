"""What a rule of compatibility is, and what it says of one change."""

from __future__ import annotations

from textwrap import fill
from typing import Literal

from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.immutable import immutable

_WIDTH = 100
Level = Literal["error", "warning", "allowed"]


@immutable
class Rule:
    """One kind of change, and what it does to what is stored and to what is running.

    An `error` would leave stored rows unread or unfound: no comment and no baseline silences it. A
    `warning` compares with the last release only. What is `allowed` is said to whoever lists
    changes. A few rules never fire: the language has no way to break them.
    """

    id: str
    code: str
    level: Level
    purpose: str
    why: str
    remedy: str
    example: str

    @property
    def page(self) -> str:
        """What `storyline explain` prints."""
        why = fill(self.why, _WIDTH)
        verdict = fill(f"Verdict ({self.id}): {self.level}. {self.remedy}", _WIDTH)
        example = "\n".join(f"    {line}".rstrip() for line in self.example.strip().splitlines())
        return f"{self.purpose}\n\n{why}\n\n{verdict}\n\nExample:\n\n{example}"


@immutable
class Verdict:
    """A rule, applied to a change: what is now, and what was."""

    rule: Rule
    message: str
    now: Place
    related: tuple[Related, ...] = ()
    """Where it was: in the lock, or in the story of a revision. Nothing of what is new."""
    hint: str = ""

    @property
    def then(self) -> Place | None:
        return self.related[-1].place if self.related else None

    @property
    def diagnostic(self) -> Diagnostic | None:
        """What the user is told; nothing of what is allowed."""
        if self.rule.level == "allowed":
            return None
        return Diagnostic(
            self.rule.code, self.message, self.now, self.related, self.hint, self.rule.level
        )


def released_like_this(place: Place) -> tuple[Related, ...]:
    return (Related("released like this", place),)
