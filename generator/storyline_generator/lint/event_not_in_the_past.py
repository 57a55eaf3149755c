"""The name of an event does not say that something has happened.

An event is a fact: it has happened, and nobody can refuse it any more. A name in the past tense
keeps that in everybody's mind; `ADD_ITEM` reads like a wish, and wishes are for validators.

A word in the past tense anywhere in the name will do: `ITEM_ADDED`, `USER_SIGNED_UP`. The words are
English ones: those in `-ed`, and a list of irregular verbs. A name in another language, or with a
verb that is not in the list, needs `# storyline: ignore[event-not-in-the-past] reason`, or a line
in the baseline.

Example: name it `PAYMENT_SENT`.

    [events.SEND_PAYMENT]
    stream = "order"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.lint.english import is_past
from storyline_generator.schema import Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    for event in schema.events.values():
        if not any(is_past(word) for word in event.name.lower().split("_")):
            yield Diagnostic(
                "event-not-in-the-past",
                f"`{event.name}` does not say that something has happened.",
                event.place,
                hint="name it in the past tense, as in `ITEM_ADDED`",
                severity="warning",
            )
