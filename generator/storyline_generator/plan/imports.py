"""The names that one generated module uses → its import lines, sorted as import sorters sort them.

An import that a field, parameter or class of the module would hide comes under another name:
`from datetime import date as _date`. Who plans a module asks for each name here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Hashable, Iterable, Set
from functools import cache
from itertools import groupby
from types import SimpleNamespace
from typing import NamedTuple


class Import(NamedTuple):
    """`from module import names`; a name may read `date as _date`."""

    module: str
    names: tuple[str, ...]


Imports = tuple[tuple[Import, ...], ...]
"""In sections: future, standard library, installed packages, the application, relative ones."""


class Names:
    """Grows while one module is planned. It is the only thing in the plan that does."""

    def __init__(self, home: str, *, bound: Set[str], story: Set[str] = frozenset()) -> None:
        """`home`: the module, counted from the story's package. `bound`: the names that it gives.

        `story`: the classes that it may import from other modules of the story.
        """
        self._home = home
        self._bound = bound
        self._story = story
        self._used = {("__future__", "annotations"): "annotations"}
        self._said: dict[Hashable, str] = {}

    def once(self, about: Hashable, say: Callable[[], str]) -> str:
        """What this module says about that: the names in it are asked for the first time only."""
        said = self._said.get(about)
        if said is None:
            said = self._said[about] = say()
        return said

    def library(self, module: str, name: str) -> str:
        """A name of Python, pydantic or the runtime."""
        return self._use(module, name, hidden=name in self._bound or name in self._story)

    def builtin(self, name: str) -> str:
        """`str` as it is, unless the module calls something else `str`."""
        return self.library("builtins", name)

    def runtime(self, name: str) -> str:
        return self.library("storyline", name)

    def story(self, module: str, name: str) -> str:
        """A name that a module of the story declares, counted from the story's package."""
        if module == self._home:
            return name
        return self.application(_relative(self._home, module), name)

    def application(self, module: str, name: str) -> str:
        """A name of any module of the application."""
        return self._use(module, name, hidden=name in self._bound)

    def renamed(self, module: str, name: str, alias: str) -> str:
        """A name of the application that many modules have, under one of its own."""
        self._used[module, name] = alias
        return alias

    def imports(self) -> Imports:
        """The import lines of what has been asked for so far."""
        lines = sorted(_import_lines(self._used), key=_import_order)
        return tuple(tuple(section) for _, section in groupby(lines, key=_section))

    def from_libraries(self) -> SimpleNamespace:
        """What the module calls each name that it took from a library: a template prints these."""
        libraries = (key for key in self._used if not key[0].startswith("."))
        return SimpleNamespace(**{name: self._used[module, name] for module, name in libraries})

    def _use(self, module: str, name: str, *, hidden: bool) -> str:
        if (module, name) not in self._used:
            self._used[module, name] = self._free_alias(f"_{name}") if hidden else name
        return self._used[module, name]

    def _free_alias(self, alias: str) -> str:
        return self._free_alias(f"{alias}_") if alias in self._used.values() else alias


def sorted_names(names: Iterable[str]) -> tuple[str, ...]:
    """Constants, classes, functions; each group in natural order, `a2` before `a10`."""
    return tuple(sorted(names, key=_name_order))


def sorted_exports(names: Iterable[str]) -> tuple[str, ...]:
    """As `sorted_names`, but capitals count: so are the names of an `__all__` sorted."""
    return tuple(sorted(names, key=lambda name: (_name_order(name)[0], _natural(name))))


@cache
def _relative(home: str, module: str) -> str:
    """`events.list` sees `types` as `..types`, and `events.student` as `.student`."""
    here, there = home.split(".")[:-1], module.split(".")
    while here and here[0] == there[0]:
        here, there = here[1:], there[1:]
    return "." * (len(here) + 1) + ".".join(there)


def _import_lines(used: dict[tuple[str, str], str]) -> list[Import]:
    """One line for each module, and one for each renamed name, as import sorters have it."""
    plain: dict[str, list[str]] = {}
    renamed: list[Import] = []
    for (module, name), alias in used.items():
        if alias != name:
            renamed.append(Import(module, (f"{name} as {alias}",)))
        elif module != "builtins":
            plain.setdefault(module, []).append(name)
    return [*(Import(module, sorted_names(names)) for module, names in plain.items()), *renamed]


def _section(line: Import) -> int:
    match line.module.split(".")[0]:
        case "__future__":
            return 0
        case top if top in sys.stdlib_module_names:
            return 1
        case "pydantic" | "storyline":
            return 2
        case "":
            return 4
        case _:
            return 3


def _import_order(line: Import) -> tuple[object, ...]:
    """The farthest relative module comes first."""
    dots = len(line.module) - len(line.module.lstrip("."))
    return _section(line), -dots, _natural(line.module.lower()), _name_order(line.names[0])


@cache
def _name_order(name: str) -> tuple[object, ...]:
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[0].isupper() else 2
    return kind, _natural(name.lower()), name


def _natural(text: str) -> str:
    """Digits count as the number they form: the longer one is the larger one."""
    return _DIGITS.sub(_magnitude, text)


def _magnitude(digits: re.Match[str]) -> str:
    significant = digits[0].lstrip("0")
    return f"0{chr(len(significant))}{significant}"


_DIGITS = re.compile("[0-9]+")
