"""Turns the Markdown files of this folder into cases: a story, and what is said about it.

Each `##` section is a case. Its `toml` blocks are the files of one story, called `story.toml`
unless the block says a name (and `encoding=…` if it is not UTF-8). `# error: [code] text` at the
end of a line expects that mistake there; a `report` block expects exactly that report; with
neither, the story is sound. In files called `lint…`, `# warning: [code] text` is expected likewise.
Blocks called `previous.toml` are what the story was at earlier releases, in order; of a story with
a past, `# warning: …` and `# allowed: …` are expected, too.
The block of the section `Background` is one more file of every story that does not name itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_SECTION = re.compile(r"^## (?P<title>.+)\n(?P<body>(?:(?!^## ).*\n?)*)", re.MULTILINE)
_BLOCK = re.compile(
    r"^```(?P<kind>toml|report)(?P<words>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
_PREVIOUS = "previous.toml"
_EXPECTED = re.compile(
    r"# (?P<severity>error|warning|allowed): \[(?P<code>[a-z0-9-]+)\] ?"
    r"(?P<text>[^\n]*?)(?= # error| # warning| # allowed|$)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Expected:
    path: str
    line: int
    severity: str
    code: str
    text: str


@dataclass(frozen=True)
class Case:
    name: str
    files: dict[str, bytes]
    expected: tuple[Expected, ...]
    report: str | None
    previous: tuple[dict[str, bytes], ...] = ()

    @property
    def is_judged(self) -> bool:
        return self.name.startswith("compatibility")

    @property
    def is_linted(self) -> bool:
        return self.name.startswith("lint")

    @property
    def codes(self) -> set[str]:
        reported = re.findall(r"^(?:error|warning)\[(.+?)\]", self.report or "", re.MULTILINE)
        return {expected.code for expected in self.expected} | set(reported)


def all_cases() -> list[Case]:
    return [case for file in sorted(FOLDER.glob("*.md")) for case in _cases(file)]


def _cases(file: Path) -> Iterator[Case]:
    background: dict[str, bytes] = {}
    for section in _SECTION.finditer(file.read_text(encoding="utf-8")):
        blocks = list(_BLOCK.finditer(section["body"]))
        tomls = [_file(block) for block in blocks if block["kind"] == "toml"]
        files = {name: text for name, text in tomls if name != _PREVIOUS}
        if section["title"] == "Background":
            background = {"background.toml": files["story.toml"]}
        else:
            reports = [block["text"] for block in blocks if block["kind"] == "report"]
            files |= _missing(files, background)
            then = [{"story.toml": text} for name, text in tomls if name == _PREVIOUS]
            yield Case(
                f"{file.stem}: {section['title']}",
                files,
                tuple(_expected(blocks)),
                reports[0] if reports else None,
                tuple(each | _missing(each, background) for each in then),
            )


def _missing(files: dict[str, bytes], background: dict[str, bytes]) -> dict[str, bytes]:
    named = any(re.search(rb"^story = ", text, re.MULTILINE) for text in files.values())
    return {} if named or not files else background


def _file(block: re.Match[str]) -> tuple[str, bytes]:
    return _name(block), block["text"].encode(_word(block, "encoding") or "utf-8")


def _name(block: re.Match[str]) -> str:
    return next((word for word in block["words"].split() if "=" not in word), "story.toml")


def _word(block: re.Match[str], key: str) -> str:
    words = dict(word.split("=") for word in block["words"].split() if "=" in word)
    return words.get(key, "")


def _expected(blocks: list[re.Match[str]]) -> Iterator[Expected]:
    for block in blocks:
        for number, line in enumerate(block["text"].splitlines(), 1):
            for error in _EXPECTED.finditer(line):
                yield Expected(
                    _name(block), number, error["severity"], error["code"], error["text"].strip()
                )
