"""What is formatted here is formatted as ruff would; what might not be is left to ruff."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from importlib import import_module
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyline_generator.formatting import formatted
from storyline_generator.renderer import ISOLATED

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9]{2,30}_", fullmatch=True)
TEXTS = NAMES.map('"{}"'.format)
PARAMETERS = st.builds("{}: {}[{}]".format, NAMES, NAMES, NAMES)
CALLS = st.builds('{}("{}").eq({})'.format, NAMES, NAMES, NAMES)


def joined(items: st.SearchStrategy[str], separator: str = ", ") -> st.SearchStrategy[str]:
    return st.lists(items, min_size=1, max_size=9).map(separator.join)


UNIONS = joined(NAMES, " | ")
TUPLES = st.lists(TEXTS, min_size=2, max_size=9).map(lambda each: f"({', '.join(each)})")
ITEMS = st.builds("{}({}, {})".format, NAMES, TUPLES, joined(CALLS))
STATEMENTS = st.one_of(
    st.builds("from {} import {}".format, NAMES, joined(NAMES)),
    st.builds("def {}(*, {}) -> {}[{}]: ...".format, NAMES, joined(PARAMETERS), NAMES, UNIONS),
    st.builds("async def {}({}) -> {}: ...".format, NAMES, joined(PARAMETERS), NAMES),
    st.builds("{} = {}".format, NAMES, UNIONS),
    st.builds("class {}({}[{}, {}]):\n    x: int".format, NAMES, NAMES, UNIONS, NAMES),
    st.builds("class {}({}[{}], {}):\n    x: int".format, NAMES, NAMES, UNIONS, NAMES),
    st.builds("def f():\n    return {}({})".format, NAMES, joined(ITEMS)),
    st.builds("{}: {}[{}] = {}({})".format, NAMES, NAMES, UNIONS, NAMES, joined(ITEMS)),
    st.builds("def f():\n    super().__init__({})".format, joined(CALLS)),
    st.builds("def f():\n    return self._replaced({})".format, joined(NAMES)),
)


@settings(max_examples=100, deadline=None)
@given(statement=STATEMENTS)
def test_a_line_is_broken_as_ruff_breaks_it(statement: str) -> None:
    text = f"{statement}\n"
    assert formatted(text) in (None, by_ruff(text))


MANY_NAMES = ", ".join(f"name{number}" for number in range(20))
MANY_PARAMETERS = ", ".join(f"name{number}: int" for number in range(20))
MANY_TEXTS = ", ".join(f'"text {number}"' for number in range(20))
MANY_CLASSES = " | ".join(f"Class{number}" for number in range(20))
FEW_CLASSES = " | ".join(f"Class{number}" for number in range(8))


@pytest.mark.parametrize(
    "statement",
    [
        f"from somewhere import {MANY_NAMES}",
        f"def f(*, {MANY_PARAMETERS}) -> Query[A | B]: ...",
        f"def f(*, a: int) -> Query[{MANY_CLASSES}]: ...",
        f"Alias = {MANY_CLASSES}",
        f"class Base(Kind[{FEW_CLASSES}, EventOfTheStream]):\n    a: int",
        f'def f():\n    return Query(Item(({MANY_TEXTS}), Text("a").eq(a)))',
        f"def f():\n    super().__init__({MANY_NAMES})",
    ],
)
def test_the_usual_lines_need_no_ruff(statement: str) -> None:
    text = f"{statement}\n"
    assert formatted(text) == by_ruff(text) != text


@pytest.mark.parametrize(
    "line",
    [
        r'x = "says \"hello\""',
        "x = b'bytes'",
        "x = 1e+16",
        f'x = "{"long" * 30}"',
        f"x: dict[str, {' | '.join('abcdefgh' * 6)}] = y",
        f'x = "{"宽" * 40}"',
    ],
)
def test_what_is_not_plain_is_for_ruff(line: str) -> None:
    assert formatted(f"{line}\n") is None


@pytest.mark.parametrize(
    "text",
    [
        f'"""{"long" * 40}"""\n',
        f'"""A title.\n\nfrom here import {"long, " * 40}end\n"""\n',
        f"# from here import {'long, ' * 40}end\nx = 1\n",
        f'"""{"宽" * 60}"""\n',
    ],
)
def test_prose_stays_as_it_is(text: str) -> None:
    assert formatted(text) == text == by_ruff(text)


def by_ruff(text: str, options: Iterable[str] = ISOLATED) -> str:
    ruff = cast(str, import_module("ruff").find_ruff_bin())
    done = subprocess.run(
        (ruff, "format", *options, "-"), input=text, capture_output=True, text=True, check=True
    )
    return done.stdout
