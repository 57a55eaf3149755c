"""A template and a plan → text. It knows where templates are, and nothing of what they print."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket


def printed(template: str, plan: object) -> str:
    """Deterministic; a name that the plan does not have is our mistake, and raises."""
    return _ENVIRONMENT.get_template(template).render(plan=plan)


class _CompiledTemplates(FileSystemBytecodeCache):
    """Beside the templates, as Python keeps its modules; where it can be written, else not."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            os.makedirs(self.directory, exist_ok=True)
            super().dump_bytecode(bucket)


_TEMPLATES = Path(__file__).with_name("templates")
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    bytecode_cache=_CompiledTemplates(str(_TEMPLATES / "__pycache__")),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,
    auto_reload=False,
)
