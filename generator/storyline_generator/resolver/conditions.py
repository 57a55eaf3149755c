"""Turns `where.due_on.lt = "$before"` into a question, and a question into a typed condition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from storyline_generator.diagnostics import Findings
from storyline_generator.immutable import immutable, replaced
from storyline_generator.mistakes import filtering
from storyline_generator.mistakes.fitting import unfit_value
from storyline_generator.reading.document import Node
from storyline_generator.resolver.operators import TAKE_MANY, operand_type, operators_of
from storyline_generator.resolver.scope import Scope
from storyline_generator.resolver.type_grammar import written
from storyline_generator.schema import (
    Condition,
    Constant,
    EnumType,
    Field,
    Operator,
    Parameter,
    Type,
    TypeDeclaration,
)
from storyline_generator.values import fit

_OPERATORS = {operator.value: operator for operator in Operator}
_PARAMETER = re.compile(r"\$[A-Za-z_]\w*", re.ASCII)


@immutable
class Question:
    """What is asked about a field, before it is known which events have the field."""

    field: str
    operator: Operator
    operand: Node
    about: Node
    """Where the field is named."""


def questions(fields: Iterable[tuple[str, Node]]) -> Findings[tuple[Question, ...]]:
    asked: list[Question] = []
    for field, node in fields:
        if isinstance(node.value, dict):
            asked += yield from _operator_questions(field, node)
        else:
            asked.append(Question(field, Operator.EQ, node, node))
    return tuple(asked)


def resolve_condition(question: Question, field: Field, scope: Scope) -> Findings[Condition | None]:
    possible = operators_of(field.type, scope.schema.types)
    place = question.operand.place
    if question.operator not in possible:
        type_text = f"`{written(field.type)}`"
        yield filtering.impossible_operator(
            question.operator, field.name, type_text, place, possible
        )
        return None
    type = operand_type(question.operator, field.type)
    operand = yield from _operand(question, type, scope)
    return Condition(field, question.operator, operand, place) if operand else None


def _operator_questions(field: str, node: Node) -> Findings[list[Question]]:
    asked: list[Question] = []
    for name, operand in node.declarations():
        if operator := _OPERATORS.get(name):
            asked.append(Question(field, operator, operand, node))
        else:
            yield filtering.unknown_operator(name, operand.place, _OPERATORS)
    if not node.value:
        yield filtering.empty_condition(field, node.place)
    return asked


def _operand(question: Question, type: Type, scope: Scope) -> Findings[Parameter | Constant | None]:
    node, many = question.operand, question.operator in TAKE_MANY
    if _is_parameter(node.value):
        return Parameter(str(node.value)[1:], type, many)
    if not many:
        return (yield from _constant(node, type, scope))
    if not isinstance(node.value, list):
        reason = f"`{question.operator}` needs a list of constants, or one parameter"
        yield unfit_value(reason, node.place.value)
        return None
    values: list[object] = []
    for element in node.elements():
        constant = yield from _constant(element, type, scope)
        values.append(constant and constant.value)
    return Constant(tuple(values))


def _constant(node: Node, type: Type, scope: Scope) -> Findings[Constant | None]:
    """`"$$"` stands for one `$` at the beginning of a text."""
    text = node.value
    if isinstance(text, str) and text.startswith("$"):
        if not text.startswith("$$"):
            yield filtering.malformed_parameter(text, node.place.value)
            return None
        node = Node(node.document, node.keys, text[1:])
    return Constant((yield from fit(node, type, _as_read(scope.schema.types))))


def _as_read(types: Mapping[str, TypeDeclaration]) -> Mapping[str, TypeDeclaration]:
    """Retired values are stored, and so can be asked for."""
    return {
        name: replaced(declared, values=declared.values + declared.retired)
        if isinstance(declared, EnumType) and declared.retired
        else declared
        for name, declared in types.items()
    }


def _is_parameter(value: object) -> bool:
    return isinstance(value, str) and _PARAMETER.fullmatch(value) is not None
