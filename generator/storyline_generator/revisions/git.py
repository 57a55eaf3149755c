"""A folder at a git revision → the schema files in it. It asks git, and changes nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from os.path import relpath
from pathlib import Path


class RevisionError(Exception):
    """What git cannot tell, and the way forward; for the user to put right."""

    def __init__(self, ref: str, reason: str, way: str) -> None:
        super().__init__(f"{reason} {way}")
        self.ref = ref
        self.reason = reason
        self.way = way


def files_at(root: Path, folder: str, ref: str) -> Mapping[str, bytes]:
    """Every `*.toml` below the folder, by its path in there; none if there was no such folder."""
    commit = _commit(root, ref)
    listed = _git(root, ref, "ls-tree", "-r", "-z", commit, "--", folder).decode(errors="replace")
    blobs = dict(_schema_files(listed.split("\0"), folder))
    contents = _contents(root, ref, list(blobs.values()))
    return dict(zip(blobs, contents, strict=True))


def _schema_files(entries: Sequence[str], folder: str) -> Iterator[tuple[str, str]]:
    """Paths and blobs; of regular files, as the loader reads no others."""
    for entry in entries:
        kind, _, path = entry.partition("\t")
        if kind.startswith("100") and path.endswith(".toml"):
            inner = relpath(path, folder)
            yield (Path(path).name if inner == "." else inner), kind.split()[2]


def _contents(root: Path, ref: str, blobs: Sequence[str]) -> Iterator[bytes]:
    """One process for all. Each answer is a line that ends in a size, and as many bytes."""
    asked = "".join(f"{blob}\n" for blob in blobs).encode()
    answer = _git(root, ref, "cat-file", "--batch", given=asked) if blobs else b""
    start = 0
    for _ in blobs:
        head = answer.index(b"\n", start)
        size = int(answer[start:head].split()[-1])
        yield answer[head + 1 : head + 1 + size]
        start = head + 1 + size + 1


def _commit(root: Path, ref: str) -> str:
    _git(root, ref, "rev-parse", "--git-dir")
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    found = _run(root, ref, asked, b"")
    if found.returncode == 0:
        return found.stdout.decode().strip()
    if _git(root, ref, "rev-parse", "--is-shallow-repository").strip() == b"true":
        raise RevisionError(
            ref,
            f"This clone is shallow, and does not have `{ref}`.",
            "Run `git fetch --unshallow`, or check out with `fetch-depth: 0`.",
        )
    raise RevisionError(
        ref, f"git knows no revision `{ref}`.", "Name a branch, a tag or a commit, or fetch it."
    )


def _git(root: Path, ref: str, *words: str, given: bytes = b"") -> bytes:
    done = _run(root, ref, words, given)
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
    raise RevisionError(ref, f"git cannot tell what was at `{ref}`: {said}.", _WITHOUT)


def _run(
    root: Path, ref: str, words: Sequence[str], given: bytes
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(("git", *words), cwd=root, input=given, capture_output=True)
    except FileNotFoundError:
        raise RevisionError(ref, "There is no `git` to ask.", _WITHOUT) from None


_WITHOUT = "Without git, compare with the lock: `lock`."
