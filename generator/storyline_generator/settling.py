"""A lock in which two branches have released one migration → that of the one which is there.

The first migration of a story has the story's name, on every branch. Only one of both can ever run,
and its file says which: what the lock says of the other one goes, and is planned anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from storyline_generator.banner import text_hash
from storyline_generator.diagnostics import collected
from storyline_generator.lock import Lock, read_lock
from storyline_generator.lock.tree import Path, below, walk
from storyline_generator.source import Source


def settled(lock: Lock, texts: Mapping[str, str]) -> str:
    """The text of the lock. `texts` are those of the files that are there, by name."""
    lines = lock.source.text.splitlines(keepends=True)
    facts = [_fact(line) for line in lines]
    chosen = {name: texts[name] for name in _twice(facts) if name in texts}
    chosen = {name: text for name, text in chosen.items() if _hash_of(name, text) in facts}
    said = zip(lines, facts, strict=True)
    return "".join(line for line, fact in said if not _is_of_the_other(fact, chosen, lock))


_Fact = tuple[Path, object]


def _fact(line: str) -> _Fact:
    """That of a line; nothing is said by comments, and by what is no fact."""
    lock, _ = collected(read_lock(Source("", line)))
    return next(iter(walk(lock.tree)), ((), None))


def _twice(facts: list[_Fact]) -> Iterator[str]:
    hashes: dict[str, object] = {}
    for path, fact in facts:
        match path:
            case ("migrations", name, "hash") if hashes.setdefault(name, fact) != fact:
                yield name
            case _:
                pass


def _hash_of(name: str, text: str) -> _Fact:
    return ("migrations", name, "hash"), text_hash(text)


def _is_of_the_other(fact: _Fact, chosen: Mapping[str, str], lock: Lock) -> bool:
    """An object is undone in the file that makes it."""
    path, _ = fact
    if path[:1] != ("migrations",) or path[1] not in chosen:
        return False
    text = chosen[path[1]]
    if path[2] == "hash":
        return fact != _hash_of(path[1], text)
    return path[2] == "makes" and str(below(lock.tree, *path[:-1]).get("down")) not in text
