"""Changes of released stories: what each release wrote, and what the last one reads and finds.

Each is a story of its own. `stages` are its releases, without the head that all share; `rows` is
what the code of a release wrote; `reads` is what the last one makes of all that, in order; `finds`
says which of them a question finds. All expressions are evaluated where the story's own names are.
Of a change that is refused there is only a code, and the line at which it is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HEAD = """
[streams.box]
key = "box_id"
fields.box_id = "str"
"""


@dataclass(frozen=True)
class Change:
    name: str
    stages: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    reads: tuple[str, ...] = ()
    finds: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    refused: tuple[str, str] | None = None
    head: str = HEAD


def put(fields: str, more: str = "", *, types: str = "", version: str = "") -> str:
    """A story of one event."""
    return f'{types}\n[events.THING_PUT]\nstream = "box"\n{version}\n{fields}\n{more}\n'


def thing(**values: str) -> str:
    given = ", ".join(f"{name}={value}" for name, value in {"box_id": "'b'", **values}.items())
    return f"ThingPut({given})"


ASK_A = '[filters.by_a]\nwhere.a = "$a"\nindex = true'
TYPES_P = '[types.P]\nfields.x = "int"\n'


def keyed(key: str, old: str = "") -> str:
    was = f'{{ type = "str", was = [{old}] }}' if old else '"str"'
    return (
        f'[streams.box]\nkey = "{key}"\nfields.{key} = {was}\n'
        '[events.THING_PUT]\nstream = "box"\nfields.a = "int"\n'
    )
