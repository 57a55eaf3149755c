"""Puts the JSON Schema by which editors check stories beside the stories of a project."""

from __future__ import annotations

from pathlib import Path

from storyline_generator import json_schema


def offer(folder: Path) -> bool:
    """Write it where nothing stands; whether that was so."""
    file = folder / json_schema.FILE
    if not file.exists():
        file.write_text(json_schema.text(), encoding="utf-8", newline="\n")
        return True
    return False


def refresh(schemas: Path) -> bool:
    """Replace that of another release; who has none wants none. Whether it was another."""
    file = (schemas if schemas.is_dir() else schemas.parent) / json_schema.FILE
    try:
        before = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    wanted = json_schema.text()
    if before == wanted or not json_schema.is_ours(before):
        return False
    file.write_text(wanted, encoding="utf-8", newline="\n")
    return True
