"""The stories of a project as they were at a git revision: what git has → documents, and a past.

`git` asks git, and is the only module of the generator that starts a process; `past` is a story of
then in the form in which a lock says what was, so that both are compared with today's alike.
"""

from __future__ import annotations

from os.path import normpath
from pathlib import Path
from tempfile import TemporaryDirectory

from storyline_generator.immutable import replaced
from storyline_generator.reading.document import Document
from storyline_generator.reading.loader import Loaded, load
from storyline_generator.revisions.git import RevisionError, files_at
from storyline_generator.revisions.past import Revision
from storyline_generator.source import Source

__all__ = ["Revision", "RevisionError", "load_at"]


def load_at(root: Path, schemas: str, ref: str) -> Loaded:
    """As `reading.loader.load`, of a revision; raises `RevisionError`.

    What is shown to people is called as git does: `main:schemas/todo.toml`.
    """
    files = files_at(root, schemas, ref)
    with TemporaryDirectory(prefix="storyline-") as folder:
        for path, content in files.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        loaded = load(Path(folder), Path(folder)) if files else Loaded((), ())
    prefix = f"{ref}:{normpath(schemas)}/"
    documents = tuple(_named(document, prefix) for document in loaded.documents)
    diagnostics = (
        replaced(each, place=each.place._replace(source=_source(each.place.source, prefix)))
        for each in loaded.diagnostics
    )
    return Loaded(documents, tuple(diagnostics))


def _named(document: Document, prefix: str) -> Document:
    homes = {keys: _source(home, prefix) for keys, home in document.homes.items()}
    main, lock = _source(document.main, prefix), _source(document.lock, prefix)
    return replaced(document, main=main, homes=homes, lock=lock)


def _source(source: Source, prefix: str) -> Source:
    return Source(prefix + source.path, source.text)
