"""`[tool.storyline]` of the nearest `pyproject.toml` → the settings of a run, or a `UsageError`."""

from __future__ import annotations

import difflib
import tomllib
from keyword import iskeyword
from os.path import normpath
from pathlib import Path
from typing import Literal, cast

from storyline_cli import UsageError
from storyline_generator.immutable import immutable

FILE = "pyproject.toml"
SECTION = "tool.storyline"
DEFAULTS = {
    "schemas": "schemas",
    "package": "app/story",
    "migrations": "migrations",
    "client": "sync",
}


@immutable
class Configuration:
    """Paths are relative to `root`, with forward slashes."""

    root: Path
    schemas: str
    package: str
    migrations: str
    client: Literal["sync", "async"]


def configuration(start: Path | None = None) -> Configuration:
    """The settings that hold in this folder; raises `UsageError`."""
    folder = (start or Path.cwd()).resolve()
    for file in (above / FILE for above in (folder, *folder.parents)):
        given = section(file)
        if given is not None:
            return _configuration(file, given)
    raise UsageError(
        f"No `{FILE}` with a section `[{SECTION}]` here or above. "
        "Run `storyline init NAME` to begin a story."
    )


def section(file: Path) -> dict[str, object] | None:
    """None: there is no such file, or it does not speak of Storyline."""
    if not file.is_file():
        return None
    try:
        tables: dict[str, object] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"`{file}` is not valid TOML: {error}.") from None
    for name in SECTION.split("."):
        found = tables.get(name)
        if not isinstance(found, dict):
            return None
        tables = cast("dict[str, object]", found)
    return tables


def _configuration(file: Path, given: dict[str, object]) -> Configuration:
    for name in given:
        _refuse_unknown(file, name)
    values = {name: _text(file, name, given.get(name, DEFAULTS[name])) for name in DEFAULTS}
    return Configuration(
        root=file.parent,
        schemas=_normal(values["schemas"]),
        package=_package(file, _inside(file, "package", values["package"])),
        migrations=_inside(file, "migrations", values["migrations"]),
        client=_client(file, values["client"]),
    )


def _refuse_unknown(file: Path, name: str) -> None:
    if name not in DEFAULTS:
        close = difflib.get_close_matches(name, DEFAULTS, n=1)
        meant = (
            f" Did you mean `{close[0]}`?" if close else f" There are `{'`, `'.join(DEFAULTS)}`."
        )
        raise UsageError(f"`{file}`: `[{SECTION}]` has no setting `{name}`.{meant}")


def _text(file: Path, name: str, value: object) -> str:
    if isinstance(value, str) and value and value.isprintable():
        return value
    raise _mistake(file, name, "must be text in quotes, on one line and not empty")


def _normal(path: str) -> str:
    return normpath(path.replace("\\", "/")).replace("\\", "/")


def _inside(file: Path, name: str, value: str) -> str:
    """What is written stays in the project. What is read need not."""
    path = _normal(value)
    if Path(path).is_absolute() or path == "." or path.split("/")[0] == "..":
        raise _mistake(file, name, f"must name a folder inside `{file.parent}`, not `{value}`")
    return path


def _package(file: Path, path: str) -> str:
    for name in path.split("/"):
        if not name.isidentifier() or iskeyword(name):
            raise _mistake(
                file,
                "package",
                f"must be made of names that Python can import, which `{name}` is not",
            )
    return path


def _client(file: Path, client: str) -> Literal["sync", "async"]:
    match client:
        case "sync" | "async":
            return client
        case _:
            raise _mistake(file, "client", 'must be "sync" or "async"')


def _mistake(file: Path, name: str, message: str) -> UsageError:
    return UsageError(f"`{file}`: `{name}` in `[{SECTION}]` {message}.")
