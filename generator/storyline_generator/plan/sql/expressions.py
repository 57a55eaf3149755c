"""A field → the SQL expression that an index is made on. It must not know streams or filters.

PostgreSQL uses an index only if a query spells the same expression. The runtime composes the same
text from its conditions (`storyline.expressions`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from storyline_generator.plan.sql.text import literal
from storyline_generator.schema import Field, Scalar, Schema, scalar_of

_NUMBERS = {Scalar.INT, Scalar.FLOAT, Scalar.DECIMAL}
_NUMBER = "^[-+]?[0-9]*[.]?[0-9]+(?:[Ee][-+]?[0-9]{1,4})?$"
"""What is cast. Bounded, as is the length, so that no cast overflows."""


def value_expression(schema: Schema, field: Field) -> str:
    """The stored scalar as it is compared: numbers as numeric, booleans as they are, else bytewise.

    Text that is no number counts as null: rows of other types may hold anything under the same key.
    """
    absent = [literal(_text(field.absent_means.value))] if field.absent_means else []
    stored = _first([*_found(field, "->>"), *absent])
    scalar = scalar_of(field.type, schema.types)
    if scalar in _NUMBERS:
        return f"(substring(left({stored}, 5000) from {literal(_NUMBER)})::numeric)"
    if scalar is Scalar.BOOL:
        return f"({stored})"
    return f'(({stored}) collate "C")'


def elements_expression(field: Field) -> str:
    """The stored list or set as JSON, for `@>`."""
    absent = field.absent_means
    value = [f"{literal(json.dumps(absent.value))}::jsonb"] if absent else []
    return f"({_first([*_found(field, '->'), *value])})"


def _found(field: Field, operator: str) -> Iterator[str]:
    """In rows of every version."""
    return (f"data{operator}{literal(key)}" for key in (field.key, *field.older_keys))


def _first(found: Iterable[str]) -> str:
    one, *others = found
    return f"coalesce({', '.join((one, *others))})" if others else one


def _text(value: object) -> str:
    """What `->>` gives."""
    return value if isinstance(value, str) else json.dumps(value)
