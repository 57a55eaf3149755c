"""The templates on disk → a function for each, kept compiled as Python keeps its modules.

What is kept is valid for the bytes of all templates, of the compiler and for one Python. Where the
folder cannot be written, each run compiles.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Any

from storyline_generator.printing import filters

Printer = Callable[[object], str]

TEMPLATES = Path(__file__).parents[1] / "templates"
_COMPILER = Path(__file__).with_name("compiler.py")
KEPT = "__pycache__/printers.pyc"
_HASH_SIZE = 32


@cache
def printers() -> Mapping[str, Printer]:
    """By the name of the template, counted from the folder of templates."""
    module: dict[str, Any] = dict(vars(filters))
    exec(_code(_sources()), module)
    found: Mapping[str, Printer] = module["PRINTERS"]
    return found


def _sources() -> dict[str, bytes]:
    """Of all templates, by name; found as the cheapest call finds them."""
    folders = ("", "migration/")
    return {
        folder + name: (TEMPLATES / (folder + name)).read_bytes()
        for folder in folders
        for name in sorted(os.listdir(TEMPLATES / folder))
        if name.endswith(".jinja")
    }


def _code(sources: Mapping[str, bytes]) -> CodeType:
    valid_for = _valid_for(sources)
    with suppress(OSError, ValueError, EOFError, TypeError):
        kept = (TEMPLATES / KEPT).read_bytes()
        if kept.startswith(valid_for):
            code: CodeType = marshal.loads(kept[_HASH_SIZE:])
            return code
    code = _compiled(sources)
    with suppress(OSError):
        _keep(TEMPLATES / KEPT, valid_for + marshal.dumps(code))
    return code


def _valid_for(sources: Mapping[str, bytes]) -> bytes:
    hash = sha256(MAGIC_NUMBER + _COMPILER.read_bytes())
    for name, source in sources.items():
        hash.update(b"%d %b\0%b" % (len(source), name.encode(), source))
    return hash.digest()


def _compiled(sources: Mapping[str, bytes]) -> CodeType:
    from storyline_generator.printing.compiler import python  # it imports Jinja

    texts = {name: source.decode() for name, source in sources.items()}
    return compile(python(texts), str(TEMPLATES), "exec")


def _keep(file: Path, content: bytes) -> None:
    """In one step, as several runs may compile at once."""
    file.parent.mkdir(exist_ok=True)
    temporary = file.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(file)
