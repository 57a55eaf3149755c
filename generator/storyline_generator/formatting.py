"""A printed module → as `ruff format` leaves it, in the forms that most stories come to; else None.

Templates print what ruff would not touch, but for lines that are too long. Those that it is plain
how to break are broken here, since ruff costs more than generating a small story does; a module
with any other is for ruff itself. Each form here is held to ruff by tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

WIDTH = 88
_EXPONENT = re.compile(r"\de[-+]?\d")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[(\[{]|[)\]}]|, ')


class _OnlyRuffKnowsError(Exception):
    """A line of no form that is known here."""


def formatted(text: str) -> str | None:
    """None: only ruff knows."""
    if _has_odd_literals(text):
        return None
    lines = text.split("\n")
    try:
        for number in _lines_of_code(lines, _long_lines(lines, text.isascii())):
            indented = lines[number]
            line = indented.lstrip(" ")
            lines[number] = "\n".join(_broken(indented[: -len(line)], line))
    except _OnlyRuffKnowsError:
        return None
    return "\n".join(lines)


def _has_odd_literals(text: str) -> bool:
    """It is for ruff which quotes a text gets, and how a number is written.

    One rare character is found much faster than two, of which one is frequent.
    """
    if ("\\" in text and '\\"' in text) or ("'" in text and "b'" in text):
        return True
    return ("e-" in text or "+" in text) and bool(_EXPONENT.search(text))


def _long_lines(lines: list[str], is_ascii: bool) -> list[int]:
    """Numbers of those that are, or may be, as some characters are as wide as two."""
    if is_ascii:
        return [number for number, line in enumerate(lines) if len(line) > WIDTH]
    return [
        number
        for number, line in enumerate(lines)
        if len(line) > WIDTH or (len(line) > WIDTH // 2 and not line.isascii())
    ]


def _lines_of_code(lines: list[str], numbers: list[int]) -> Iterator[int]:
    """Of these, without comments and docstrings: ruff leaves them as they are."""
    quotes = begin = 0
    for number in numbers:
        quotes += "\n".join(lines[begin:number]).count('"""')
        begin = number
        if quotes % 2 == 0 and not lines[number].lstrip().startswith(("#", '"""')):
            yield number


def _broken(indent: str, line: str) -> list[str]:
    """The line as it is, or as the lines that it takes."""
    if not line.isascii():
        raise _OnlyRuffKnowsError
    if len(indent) + len(line) <= WIDTH:
        return [indent + line]
    for form, lines in _FORMS.items():
        if found := form.fullmatch(line):
            return lines(indent, *found.groups())
    raise _OnlyRuffKnowsError


def _import(indent: str, head: str, names: str) -> list[str]:
    return [
        f"{indent}{head}(",
        *(f"{indent}    {name}," for name in names.split(", ")),
        f"{indent})",
    ]


def _function(indent: str, head: str, parameters: str, returned: str) -> list[str]:
    if ", " not in parameters:
        raise _OnlyRuffKnowsError  # a single one gets a comma in any line
    tail = f"{indent}){returned}"
    if len(tail) > WIDTH:
        if not (union := _RETURNED.fullmatch(returned)):
            raise _OnlyRuffKnowsError
        tail = f"{indent}){union[1]}\n{_alternatives(indent, union[2])}\n{indent}{union[3]}"
    return [f"{indent}{head}", *_filled(indent, parameters), tail]


def _union(indent: str, head: str, union: str) -> list[str]:
    return [f"{indent}{head}(", _alternatives(indent, union), f"{indent})"]


def _brackets(indent: str, head: str, items: str, tail: str) -> list[str]:
    """Arguments, bases, or what a generic type is given."""
    if len(indent) + len(head) > WIDTH:
        raise _OnlyRuffKnowsError
    return [f"{indent}{head}", *_filled(indent, items), f"{indent}{tail}"]


def _tuple(indent: str, items: str, tail: str) -> list[str]:
    return [f"{indent}(", *_one_a_line(indent, _items(items)), f"{indent}{tail}"]


_BEFORE_CALL = r"(?:return |\w+: [\w\[\]|, ]+ = )?"
_CALLED = r"(?:super\(\)\.__init__|self\._replaced|\w+)"
_FORMS: Mapping[re.Pattern[str], Callable[..., list[str]]] = {
    re.compile(r"(from \S+ import )(.+)"): _import,
    re.compile(r"((?:async )?def \w+\()(.+)\)( -> .+)"): _function,
    re.compile(r"(\w+ = )(\w+(?: \| \w+)+)"): _union,
    re.compile(r"(class \w+\()(\w.+)(\):)"): _brackets,
    re.compile(r"(\w+\[)(.+)(\],?)"): _brackets,
    re.compile(rf"({_BEFORE_CALL}{_CALLED}\()(.+)(\),?)"): _brackets,
    re.compile(r"\((.+)(\),?)"): _tuple,
}
_RETURNED = re.compile(r"( -> \w+\[)(\w+(?: \| \w+)*)(\]:(?: \.\.\.)?)")


def _filled(indent: str, text: str) -> list[str]:
    """Arguments and the like stay together, where they fit in one line."""
    items = _items(text)
    line = f"{indent}    {text}"
    return [line] if len(line) <= WIDTH else _one_a_line(indent, items)


def _one_a_line(indent: str, items: list[str]) -> list[str]:
    """With a last comma, which a single one has not."""
    comma = "," if len(items) > 1 else ""
    return [line for item in items for line in _broken(f"{indent}    ", f"{item}{comma}")]


def _alternatives(indent: str, union: str) -> str:
    line = f"{indent}    {union}"
    return line if len(line) <= WIDTH else line.replace(" | ", f"\n{indent}    | ")


def _items(text: str) -> list[str]:
    """What stands between the commas that stand in no brackets."""
    items: list[str] = []
    depth = start = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "([{":
            depth += 1
        elif token[0] in ")]}":
            depth -= 1
        elif token[0] == ", " and depth == 0:
            items.append(text[start : token.start()])
            start = token.end()
        if depth < 0:
            raise _OnlyRuffKnowsError
    return [*items, text[start:]]
