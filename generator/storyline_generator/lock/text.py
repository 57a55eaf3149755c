"""The text of a lock ↔ the facts in it. The text is TOML, of which it uses one kind of line.

Reading is by line: so the same fact may be there twice, as after a merge, and what is wrong with a
line is said of that line.
"""

from __future__ import annotations

import re
from typing import Protocol

import tomli

from storyline_generator.diagnostics import Findings, Place
from storyline_generator.immutable import NOTHING, immutable
from storyline_generator.invisible import INVISIBLE
from storyline_generator.lock.grammar import is_fact
from storyline_generator.lock.tree import Fact, MutableTree, Path, Tree, put, walk
from storyline_generator.mistakes import locking
from storyline_generator.source import Source, Span

_HEADER = """\
# What has been released: every shape that a stored event may have. Commit it.
# `storyline release` adds to it; nobody edits it. In a merge conflict, keep both sides' lines.

"""
_STRING = r'"(?:[^"\\\n]|\\.)*"'
_KEY = rf"(?:[A-Za-z0-9_-]+|{_STRING})"
_LINE = re.compile(rf"(?P<path>{_KEY}(?:\.{_KEY})*) = (?P<fact>{_STRING}|true|false|-?\d{{1,19}})")
_PATH_PART = re.compile(_KEY)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_ESCAPED = re.compile(rf'["\\{INVISIBLE}]')
"""What TOML asks to be escaped, and what a reader could not see or be fooled by."""


class Past(Protocol):
    """What was, as facts, and where each is said: in a lock, or in the story of a revision."""

    @property
    def tree(self) -> Tree: ...
    def place(self, *path: str) -> Place: ...


@immutable
class Lock:
    """The facts, and the file that says them; an absent file says none."""

    source: Source
    tree: Tree = NOTHING

    def place(self, *path: str) -> Place:
        return Place(self.source, path)


def lock_text(tree: Tree) -> str:
    """The file: a line for each fact, sorted."""
    lines = sorted(f"{dotted(path)} = {_written(fact)}\n" for path, fact in walk(tree))
    return _HEADER + "".join(lines)


def read_lock(source: Source) -> Findings[Lock]:
    """The lock: all lines that are facts."""
    tree: MutableTree = {}
    start = 0
    for line in source.text.splitlines(keepends=True):
        text = line.rstrip()
        if text and not text.startswith("#") and not _read_line(text, tree):
            yield from _mistakes(text, Place(source, span=Span(start, start + len(text))))
        start += len(line)
    return Lock(source, tree)


def dotted(path: Path) -> str:
    """A path as TOML writes it."""
    return ".".join(key if _BARE.fullmatch(key) else basic_string(key) for key in path)


def basic_string(text: str) -> str:
    """Any text as one TOML string on one line. Nothing else here puts quotes around a value."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _read_line(text: str, tree: MutableTree) -> bool:
    """Whether it is a fact, and none of those before says otherwise."""
    path, fact = _said(text)
    return is_fact(path, fact) and put(tree, path, fact)


def _mistakes(text: str, place: Place) -> Findings[None]:
    path, fact = _said(text)
    if text.startswith(_CONFLICT):
        if text.startswith(_CONFLICT[0]):
            yield locking.unmerged_lock(place)
    elif not is_fact(path, fact):
        yield locking.damaged_lock(place)
    elif path[0] == "migrations" and path[-1] == "hash":
        yield locking.released_twice(path[1], place, _first(path, place.source))
    else:
        yield locking.contradictory_lock(dotted(path), place, _first(path, place.source))


def _said(text: str) -> tuple[Path, Fact]:
    match = _LINE.fullmatch(text)
    if match is None:
        return (), ""
    path, fact = match.groups()
    keys = map(_key, _PATH_PART.findall(path)) if '"' in path else path.split(".")
    return tuple(keys), _fact(fact)


def _first(path: Path, source: Source) -> Place:
    """Where the path has its other value."""
    start = source.text.find(f"{dotted(path)} = ")
    return Place(source, span=Span(start, source.text.find("\n", start)))


def _key(text: str) -> str:
    return _text(text) if text.startswith('"') else text


def _fact(text: str) -> Fact:
    if text.startswith('"'):
        return _text(text)
    return text == "true" if text in ("true", "false") else int(text)


def _text(literal: str) -> str:
    if "\\" not in literal:
        return literal[1:-1]
    try:
        text: str = tomli.loads(f"text = {literal}")["text"]
    except tomli.TOMLDecodeError:
        return "\0"  # an escape that TOML does not know: no fact has such a text
    return text


def _written(fact: Fact) -> str:
    if isinstance(fact, str):
        return basic_string(fact)
    return str(fact).lower()


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if match[0] in '"\\':
        return f"\\{match[0]}"
    if match[0] == "\n":
        return "\\n"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
