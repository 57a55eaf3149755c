"""Asynchronous Python → the same without `async`, word by word: one source for both clients.

Run `python runtime/make_sync.py` after a change; `--check` only says what is out of date.
It renames whole words, in comments too, and knows no grammar: where a word would need more than
that, write the asynchronous file so that it does not.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = {
    "runtime/storyline/_async": "runtime/storyline/_sync",
    "runtime/storyline/testing/_async": "runtime/storyline/testing/_sync",
    "runtime/storyline/testing/contract/_async": "runtime/storyline/testing/contract/_sync",
    "tests/database/clients/asynchronous": "tests/database/clients/synchronous",
}
DROPPED = ("async", "await")
RENAMED = {
    "AbstractAsyncContextManager": "AbstractContextManager",
    "AsyncAdministration": "Administration",
    "AsyncBatches": "Batches",
    "AsyncBorrowed": "Borrowed",
    "AsyncCommands": "Commands",
    "AsyncConditions": "Conditions",
    "AsyncConnection": "Connection",
    "AsyncConnectionPool": "ConnectionPool",
    "AsyncConnections": "Connections",
    "AsyncConsumer": "Consumer",
    "AsyncCursor": "Cursor",
    "AsyncDecisions": "Decisions",
    "AsyncEventClient": "EventClient",
    "AsyncEventClientContract": "EventClientContract",
    "AsyncFolded": "Folded",
    "AsyncGenerator": "Generator",
    "AsyncGiven": "Given",
    "AsyncInMemoryEventClient": "InMemoryEventClient",
    "AsyncIterator": "Iterator",
    "AsyncJoined": "Joined",
    "AsyncLeases": "Leases",
    "AsyncLent": "Lent",
    "AsyncLog": "Log",
    "AsyncMemoryLog": "MemoryLog",
    "AsyncMetadata": "Metadata",
    "AsyncMultiStreamProjection": "MultiStreamProjection",
    "AsyncMultiStreamValidator": "MultiStreamValidator",
    "AsyncOutcome": "Outcome",
    "AsyncPool": "Pool",
    "AsyncProjection": "Projection",
    "AsyncProjector": "Projector",
    "AsyncReader": "Reader",
    "AsyncReading": "Reading",
    "AsyncReconnecting": "Reconnecting",
    "AsyncRest": "Rest",
    "AsyncSaving": "Saving",
    "AsyncSession": "Session",
    "AsyncSingleStreamProjection": "SingleStreamProjection",
    "AsyncSingleStreamValidator": "SingleStreamValidator",
    "AsyncStates": "States",
    "AsyncSubscription": "Subscription",
    "AsyncSuite": "Suite",
    "AsyncTransaction": "Transaction",
    "AsyncTransactions": "Transactions",
    "AsyncValidator": "Validator",
    "AsyncWhen": "When",
    "AsyncWork": "Work",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "_async": "_sync",
    "aclosing": "closing",
    "async_given": "given",
    "async_pause": "pause",
    "async_repeated": "repeated",
    "asynccontextmanager": "contextmanager",
    "asyncio": "threading",
}
BANNER = "# Made by runtime/make_sync.py; edit {source}\n"


def sync_text(text: str, source: str) -> str:
    """The synchronous form of a file, as ruff formats it."""
    shorter = re.sub(rf"\b(?:{'|'.join(DROPPED)})\s+", "", text)
    renamed = re.sub(r"\w+", lambda word: RENAMED.get(word[0], word[0]), shorter)
    return _formatted(BANNER.format(source=source) + renamed, source)


def sync_files() -> dict[Path, str]:
    """Every file that there should be, by its path."""
    return {
        Path(target) / path.name: sync_text(path.read_text(), path.relative_to(ROOT).as_posix())
        for source, target in FOLDERS.items()
        for path in sorted((ROOT / source).glob("*.py"))
    }


def unneeded_renames() -> list[str]:
    """A word that no file holds any more hides a mistake in this list."""
    texts = [path.read_text() for folder in FOLDERS for path in (ROOT / folder).glob("*.py")]
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    return sorted(set(RENAMED) - words)


def outdated(files: dict[Path, str]) -> list[str]:
    """Files whose text differs, and files that should not be there."""
    differing = {
        path
        for path, text in files.items()
        if not (ROOT / path).exists() or (ROOT / path).read_text() != text
    }
    existing = {
        path.relative_to(ROOT)
        for target in FOLDERS.values()
        for path in (ROOT / target).glob("*.py")
    }
    return sorted(path.as_posix() for path in differing | (existing - set(files)))


def _formatted(text: str, source: str) -> str:
    """Shorter names sort and wrap differently, and a plain generator has `yield from`."""
    fix = ["check", "--select", "I,UP028", "--fix", "--unsafe-fixes"]
    for command in (fix, ["format"]):
        ruff = [
            sys.executable,
            "-m",
            "ruff",
            *command,
            "--quiet",
            "--stdin-filename",
            str(ROOT / source),
            "-",
        ]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout
    return text


def main(arguments: list[str]) -> int:
    if unneeded := unneeded_renames():
        print("No file needs the renaming of:", *unneeded)
        return 1
    files = sync_files()
    if "--check" in arguments:
        print(*outdated(files), sep="\n", end="\n" if outdated(files) else "")
        return 1 if outdated(files) else 0
    for path, text in files.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
