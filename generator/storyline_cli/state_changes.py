"""Two states as JSON → what is different, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple, cast

from storyline.exact import json_text

_ABSENT = object()


class Change(NamedTuple):
    """`before` or `after` is missing where something came or went: an element, or a field."""

    path: str
    before: Any = _ABSENT
    after: Any = _ABSENT

    @property
    def removes(self) -> bool:
        return self.before is not _ABSENT

    @property
    def adds(self) -> bool:
        return self.after is not _ABSENT

    @property
    def as_json(self) -> dict[str, Any]:
        removed = {"before": self.before} if self.removes else {}
        added = {"after": self.after} if self.adds else {}
        return {"path": self.path, **removed, **added}


def changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Of lists, which elements came and went; of objects, what is different in each field."""
    if isinstance(before, dict) and isinstance(after, dict):
        fields = cast("dict[str, Any]", before), cast("dict[str, Any]", after)
        yield from _of_objects(*fields, path)
    elif isinstance(before, list) and isinstance(after, list):
        elements = cast("Sequence[Any]", before), cast("Sequence[Any]", after)
        yield from _of_lists(*elements, path)
    elif before != after:
        yield Change(path, before, after)


def _of_objects(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        below = f"{path}.{key}" if path else key
        yield from changes(before.get(key, _ABSENT), after.get(key, _ABSENT), below)


def _of_lists(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[Change]:
    texts = [json_text(each) for each in before], [json_text(each) for each in after]
    for tag, i, j, m, n in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from (Change(f"{path}[{at}]", before=before[at]) for at in range(i, j))
            yield from (Change(f"{path}[{at}]", after=after[at]) for at in range(m, n))
