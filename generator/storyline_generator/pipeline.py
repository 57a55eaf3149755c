"""All stages in order: the schemas of a project → the text of every file, or what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from storyline_generator.checks import check
from storyline_generator.diagnostics import Diagnostic, Findings, collected
from storyline_generator.mistakes.sharing import shared_file
from storyline_generator.plan import Layout, Plan, PlannedFile, plan
from storyline_generator.reading.document import Document
from storyline_generator.reading.loader import load
from storyline_generator.renderer import RenderedFile, render
from storyline_generator.resolver import resolve
from storyline_generator.schema import SoundSchema


@dataclass(frozen=True, slots=True)
class Outcome:
    """The files by path; none where there is a diagnostic."""

    files: Mapping[str, RenderedFile]
    diagnostics: tuple[Diagnostic, ...]


def generate(root: Path, schemas: str, layout: Layout) -> Outcome:
    """Read every story below `schemas`, and generate. It writes nothing."""
    loaded = load(root / schemas, root)
    outcome = generated(loaded.documents, layout)
    diagnostics = (*loaded.diagnostics, *outcome.diagnostics)
    return Outcome({}, diagnostics) if diagnostics else outcome


def generated(documents: Iterable[Document], layout: Layout) -> Outcome:
    """A pure function: the same documents and layout give the same bytes."""
    planned, diagnostics = collected(_plan(documents, layout))
    return Outcome({}, diagnostics) if diagnostics else Outcome(render(planned), ())


def _plan(documents: Iterable[Document], layout: Layout) -> Findings[Plan]:
    """The plan of all stories that are sound."""
    sound: list[SoundSchema] = []
    for document in documents:
        checked = check(resolve(document))
        if isinstance(checked, SoundSchema):
            sound.append(checked)
        else:
            yield from checked
    planned = plan(sound, layout)
    yield from _shared_files(planned)
    return planned


def _shared_files(planned: Plan) -> Findings[None]:
    first: dict[str, PlannedFile] = {}
    for file in planned:
        if file.path in first:
            yield shared_file(file.path, file.place, first[file.path].place)
        first.setdefault(file.path, file)
