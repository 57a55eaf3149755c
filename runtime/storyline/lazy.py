"""Names → the modules that define them, imported when a name is first used.

A leaf, and free of other imports: an application pays at start-up only for what it uses.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_exports(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` for `package`; `modules`: each name's (relative) module."""

    def module_attribute(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(modules[name], package), name)
        setattr(sys.modules[package], name, value)
        return value

    def module_names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules})

    return module_attribute, module_names
