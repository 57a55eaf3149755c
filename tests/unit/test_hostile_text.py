"""Whatever a text of a story says, it stays text: it never becomes code, in Python or in SQL.

Two stories that differ only in their texts give syntax trees that differ only in their constants.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from storyline_generator.checks import check
from storyline_generator.plan import Layout, plan
from storyline_generator.reading.document import Document
from storyline_generator.renderer import render
from storyline_generator.resolver import resolve
from storyline_generator.schema import SoundSchema
from storyline_generator.source import Source

FRAGMENTS = [
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\x0b",
    "\x0c",
    "\x1b[31m",
    "\x85",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\U000e0001",
    "{{ 1 / 0 }}",
    "{% raw %}",
    "{#",
    "#}",
    "'; drop table events; --",
    "$body$",
    "\n-- migrate:down\n",
    "*/",
    "\\N{DASH}",
    "\\u0041",
    "\nimport os\n",
    "    return None",
    "# type: ignore",
    "# noqa",
    "# fmt: off",
    "日本語",
    " ",
    "a",
    "%s {0}",
]
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join) | st.text(max_size=12)
PLAIN = "plain"


def story(text: str) -> dict[str, object]:
    """A text at every place that takes one."""
    anywhere = {"x-note": text, "doc": text}
    value = {"type": "Kind", "default": text, "doc": text}
    record = {"kind": text, "words": [text]}
    return {
        "story": "hostile",
        **anywhere,
        "types": {
            "Kind": {"enum": [text], "open": True, **anywhere},
            "Key": {"id": "str", **anywhere},
            "Word": {"base": "str", **anywhere},
            "Both": {"fields": {"kind": value, "words": "list[Word]"}, **anywhere},
        },
        "streams": {"list": {"key": "list_id", "fields": {"list_id": "Key"}, **anywhere}},
        "events": {
            "SAID": {
                "stream": "list",
                **anywhere,
                "fields": {
                    "word": {"type": "Word", "default": text, **anywhere},
                    "words": {"type": "set[str]", "default": [text]},
                    "kind": {"type": "Kind", "default": text},
                    "by_word": {"type": "map[Word]", "default": {text: text}},
                    "json": {"type": "json", "default": {text: [text, {text: 1}]}},
                    "both": {"type": "Both", "default": record},
                },
            }
        },
        "filters": {
            "said": {
                **anywhere,
                "index": True,
                "where": {
                    "word": {"neq": f"$${text}", "in": [f"$${text}"]},
                    "kind": {"nin": [text] if not text.startswith("$") else [f"${text}"]},
                    "words": {"contains": f"$${text}"},
                },
            }
        },
        "projections": {
            "list": {
                **anywhere,
                "stream": "list",
                "state": {"kind": value, "words": {"type": "list[str]", "doc": text}},
                "example": [
                    {
                        **anywhere,
                        "given": [{"SAID": {"list_id": text, "word": text, "both": record}}],
                        "then": {"kind": text, "words": [text]},
                    }
                ],
            }
        },
        "validators": {"say": {**anywhere, "stream": "list", "emits": ["SAID"]}},
    }


def sound(text: str) -> SoundSchema:
    checked = check(resolve(Document(story(text), Source("schemas/hostile.toml", ""))))
    assert isinstance(checked, SoundSchema), checked
    return checked


def files(text: str) -> dict[str, str]:
    rendered = render(plan([sound(text)], Layout("app/story", "migrations", "sync")))
    return {path: file.text for path, file in rendered.items()}


class Anonymous(ast.NodeTransformer):
    """Leaves of a tree only what is code: no texts, and no names of tests, which texts give."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str):
            self.texts.append(node.value)
            return ast.Constant("")
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.name = node.name if not node.name.startswith("test_") else "test"
        return node


def code_and_texts(source: str) -> tuple[str, list[str]]:
    anonymous = Anonymous()
    return ast.dump(anonymous.visit(ast.parse(source))), anonymous.texts


def python(generated: dict[str, str]) -> Iterator[tuple[str, str, list[str]]]:
    for path, source in generated.items():
        if path.endswith(".py"):
            yield path, *code_and_texts(source)


PLAIN_FILES = files(PLAIN)
PLAIN_PYTHON = {path: (code, texts) for path, code, texts in python(PLAIN_FILES)}


@settings(max_examples=60, deadline=None)
@given(texts.filter(lambda text: text.strip() and "\0" not in text))
def test_a_text_stays_a_text(text: str) -> None:
    generated = files(text)
    assert sql(generated) == sql(PLAIN_FILES)
    for path, code, found in python(generated):
        plain_code, plain_texts = PLAIN_PYTHON[path]
        assert code == plain_code, path
        for plain, hostile in zip(plain_texts, found, strict=True):
            assert_same_text(hostile, plain.replace(PLAIN, text))


def assert_same_text(found: str, wanted: str) -> None:
    """As a docstring it may be wrapped and indented."""
    assert found == wanted or found.split() == wanted.split()


def sql(generated: dict[str, str]) -> list[str]:
    return [text for path, text in generated.items() if path.endswith(".sql")]
