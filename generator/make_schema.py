#!/usr/bin/env python3
"""Writes `schemas/storyline.schema.json`, by which editors check a story; `--check`: is it fresh?

The same file is written by `storyline init`; this one is for the stories of this repository.
"""

from __future__ import annotations

import sys
from pathlib import Path

from storyline_generator import json_schema

TARGET = Path(__file__).resolve().parent.parent / "schemas" / json_schema.FILE


def main(*arguments: str) -> int:
    wanted = json_schema.text()
    if arguments == ("--check",):
        is_fresh = TARGET.exists() and TARGET.read_text(encoding="utf-8") == wanted
        print("fresh" if is_fresh else f"{TARGET.name} is out of date: run `./dev schema`.")
        return 0 if is_fresh else 1
    TARGET.write_text(wanted, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
