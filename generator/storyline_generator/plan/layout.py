"""Where generated things stand, as paths in the project and as modules. It looks at no disk."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Literal

from storyline_generator.identifiers import module_name
from storyline_generator.immutable import NOTHING, immutable, replaced


@immutable
class Layout:
    """The settings of the application, as far as generated text depends on them."""

    package: str
    """Folder of the generated packages, e.g. `app/story`."""
    migrations: str
    client: Literal["sync", "async"]
    existing_migrations: Mapping[str, str] = NOTHING
    """File names that are there already, and have their numbers; with the hashes of the texts."""

    @property
    def application(self) -> PurePosixPath:
        """The folder around the generated package; what the user writes stands beside it."""
        return PurePosixPath(self.package).parent

    def story_path(self, story: str, file: str = "") -> str:
        return str(PurePosixPath(self.package) / module_name(story) / file)

    @property
    def projections_package(self) -> str:
        """What all projections of all stories are found by."""
        return str(self.application / "projections" / "__init__.py")

    def user_path(self, kind: str, story: str, name: str) -> str:
        """`app/projections/todo/list.py`."""
        return str(self.application / kind / module_name(story) / f"{module_name(name)}.py")

    def migration_path(self, file: str) -> str:
        return str(PurePosixPath(self.migrations) / file)

    def with_migrations(self, gone: Container[str], new: Iterable[str]) -> Layout:
        """The layout once some files are gone, and others are there."""
        kept = {file: hash for file, hash in self.existing_migrations.items() if file not in gone}
        return replaced(self, existing_migrations={**dict.fromkeys(new, ""), **kept})

    def flavoured(self, name: str) -> str:
        """`EventClient` → `AsyncEventClient`, where the application is async."""
        return f"Async{name}" if self.client == "async" else name


def package_markers(paths: Iterable[str]) -> tuple[str, ...]:
    """An `__init__.py` for each folder of modules, so that all tools agree on their names."""
    folders = {PurePosixPath(path).parent for path in paths if path.endswith(".py")}
    packages = {each for folder in folders for each in (folder, *folder.parents) if _modules(each)}
    return tuple(sorted(str(package / "__init__.py") for package in packages))


def import_address(importer: str, imported: str) -> str:
    """How the module at one path imports from another: relative, where both stand in one package.

    Relative imports hold wherever the application's root is; import sorters agree about them, too.
    """
    here = _modules(PurePosixPath(importer).parent)
    there = _modules(PurePosixPath(imported).with_suffix(""))
    both = takewhile(lambda pair: pair[0] == pair[1], zip(here, there, strict=False))
    shared = len(list(both))
    dots = "." * (len(here) - shared + 1) if shared else ""
    return dots + ".".join(there[shared:])


def _modules(path: PurePosixPath) -> tuple[str, ...]:
    """`src` is a folder of packages, not a package."""
    return path.parts[1:] if path.parts[:1] == ("src",) else path.parts
