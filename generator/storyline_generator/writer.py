"""{path: text} and what is on disk → differences; from these: findings, a diff, or written files.

It never overwrites or deletes what Storyline did not write, or what was edited since. Where it
would have to, it writes nothing at all.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import unified_diff
from enum import Enum, auto
from functools import cache, partial
from pathlib import Path

from storyline_generator import file_findings
from storyline_generator.banner import is_ours, is_untouched, same_text
from storyline_generator.conflicts import is_merge_of_ours
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.immutable import immutable
from storyline_generator.renderer import RenderedFile


class Kind(Enum):
    """How a file on disk differs from what it should be."""

    PROPOSED = auto()
    """The first version of a file that is the user's own: an offer, no finding."""
    MISSING = auto()
    CHANGED = auto()
    ORPHANED = auto()
    EDITED = auto()
    FOREIGN = auto()
    UNSAFE = auto()


_FINDINGS = {
    Kind.MISSING: file_findings.missing_file,
    Kind.CHANGED: file_findings.changed_file,
    Kind.ORPHANED: file_findings.orphaned_file,
    Kind.EDITED: file_findings.edited_file,
    Kind.FOREIGN: file_findings.foreign_file,
    Kind.UNSAFE: file_findings.unsafe_path,
}
_REFUSED = (Kind.EDITED, Kind.FOREIGN, Kind.UNSAFE)
"""What the writer would have to destroy, or to leave the project for."""


@immutable
class Difference:
    path: str
    kind: Kind
    before: str = ""
    after: str = ""


def compare(
    root: Path, package: str, files: Mapping[str, RenderedFile], stale: Iterable[str] = ()
) -> tuple[Difference, ...]:
    """What writing would change, by path.

    Below the folder of the package, and where they are named as stale, files of ours that nothing
    asks for are differences, too.
    """
    in_the_way = cache(partial(_in_the_way, root))
    wanted = [_difference(root, path, file, in_the_way) for path, file in files.items()]
    there = (*_modules_below(root, package), *stale)
    orphans = [_orphan(root, path) for path in there if path not in files]
    found = (difference for difference in (*wanted, *orphans) if difference)
    return tuple(sorted(dict.fromkeys(found), key=lambda difference: difference.path))


def write(root: Path, differences: Sequence[Difference]) -> None:
    """Write and remove as the differences say; nothing at all if one of them must be refused."""
    if refusals(differences):
        return
    for difference in differences:
        _WRITERS[difference.kind](root / difference.path, difference.after)
    _remove_empty_folders(root, differences)


def refusals(differences: Iterable[Difference]) -> tuple[Diagnostic, ...]:
    """Why nothing is written."""
    return findings(difference for difference in differences if difference.kind in _REFUSED)


def findings(differences: Iterable[Difference]) -> tuple[Diagnostic, ...]:
    """What `--check` reports."""
    return tuple(
        _FINDINGS[difference.kind](difference.path)
        for difference in differences
        if difference.kind in _FINDINGS
    )


def diff(differences: Iterable[Difference]) -> str:
    """What writing would change, as a unified diff."""
    return "".join(line for difference in differences for line in _diff_lines(difference))


# What is on disk


def _difference(
    root: Path, path: str, file: RenderedFile, in_the_way: Callable[[str], Difference | None]
) -> Difference | None:
    place = root / path
    if file.once and place.exists():
        return None
    if obstacle := in_the_way(os.path.dirname(path)):
        return obstacle
    if _leads_away(place):
        return Difference(path, Kind.UNSAFE)
    if not place.exists():
        return Difference(path, Kind.PROPOSED if file.once else Kind.MISSING, after=file.text)
    before = _text(place)
    if before is not None and same_text(before, file.text):
        return None
    return Difference(path, _kind(place, before), before or "", file.text)


def _in_the_way(root: Path, folder: str) -> Difference | None:
    """Why no file can be written there: a step on the way to it is a link, or no folder."""
    if link := _first(root, folder, _leads_away):
        return Difference(link, Kind.UNSAFE)
    if obstacle := _first(root, folder, _is_no_folder):
        return Difference(obstacle, Kind.FOREIGN)
    return None


def _kind(path: Path, text: str | None) -> Kind:
    if text is None:
        return Kind.FOREIGN
    if is_untouched(text) or is_merge_of_ours(path, text):
        return Kind.CHANGED
    return Kind.EDITED if is_ours(text) else Kind.FOREIGN


def _orphan(root: Path, path: str) -> Difference | None:
    """A file of ours that no schema asks for."""
    text = _text(root / path)
    match _kind(root / path, text):
        case Kind.CHANGED:
            return Difference(path, Kind.ORPHANED, text or "")
        case Kind.EDITED:
            return Difference(path, Kind.EDITED, text or "")
        case _:
            return None


def _modules_below(root: Path, package: str) -> Iterator[str]:
    """`os.walk` follows no links."""
    for folder, _, names in os.walk(root / package):
        for path in (Path(folder, name) for name in names if name.endswith(".py")):
            if not path.is_symlink():
                yield path.relative_to(root).as_posix()


def _first(root: Path, path: str, is_in_the_way: Callable[[Path], bool]) -> str:
    """The first step on the way from the root of which that is true; empty if there is none."""
    steps = [Path(path), *Path(path).parents][-2::-1]
    return next((step.as_posix() for step in steps if is_in_the_way(root / step)), "")


def _leads_away(path: Path) -> bool:
    """A link may lead anywhere, and replacing a file that is one would replace the link."""
    return path.is_symlink() or path.name == ".."


def _is_no_folder(path: Path) -> bool:
    return path.exists() and not path.is_dir()


def _text(path: Path) -> str | None:
    """The bytes as they are, so that line ends show; None if this is no text."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


# What writing does


def _create(path: Path, text: str) -> None:
    """Fails, rather than overwriting what appeared since."""
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    put(path, text)


def put(path: Path, text: str) -> None:
    """In one step, so that nobody ever reads half a file, and none is left by who is killed."""
    folder = path.parent
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".storyline-{os.getpid()}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(text.encode())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _remove(path: Path, _: str) -> None:
    path.unlink()


_WRITERS: Mapping[Kind, Callable[[Path, str], None]] = {
    Kind.PROPOSED: _create,
    Kind.MISSING: _create,
    Kind.CHANGED: put,
    Kind.ORPHANED: _remove,
}


def _remove_empty_folders(root: Path, differences: Iterable[Difference]) -> None:
    """The folders of removed files, as far up as they are empty now."""
    for removed in (found.path for found in differences if found.kind is Kind.ORPHANED):
        with suppress(OSError):
            for folder in Path(removed).parents:
                (root / folder).rmdir()


def _diff_lines(difference: Difference) -> Iterator[str]:
    before = f"a/{difference.path}" if difference.before else os.devnull
    after = f"b/{difference.path}" if difference.after else os.devnull
    old, new = (
        text.replace("\r\n", "\n").splitlines(keepends=True)
        for text in (difference.before, difference.after)
    )
    yield from unified_diff(old, new, before, after)
