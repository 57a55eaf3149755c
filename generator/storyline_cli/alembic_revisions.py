"""Migration files → revisions of Alembic, for teams whose database it looks after.

A revision does what its file does, statement by statement, and follows those that the file needs:
so each story is a branch of its own, with its name as label, beside the team's own revisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from storyline.migrations.files import MigrationFile, Section
from storyline.migrations.statements import statements
from storyline_generator.banner import stamped
from storyline_generator.plan.quoting import quoted
from storyline_generator.renderer import RenderedFile

_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")
"""What SQLAlchemy would take for one; it looks into strings and bodies, too."""


def revisions(files: Iterable[MigrationFile], folder: str) -> Mapping[str, RenderedFile]:
    """By the names of their files. Files that the generator did not write have none."""
    return {
        f"{_identity(file.title)}_{file.title.replace('-', '_')}.py": RenderedFile(
            stamped("x.py", _text(file), f"{folder}/{file.name}.sql")
        )
        for file in files
        if file.after is not None
    }


def _text(file: MigrationFile) -> str:
    label = f"({quoted(file.title)},)" if not file.after and not file.replaces else "None"
    return "\n".join(
        (
            quoted(file.title),
            "",
            "from alembic import op",
            "",
            f'revision = "{_identity(file.title)}"',
            f"down_revision = {_parents(file)}",
            f"branch_labels = {label}",
            "depends_on = None",
            "",
            "",
            "def upgrade() -> None:",
            *_body(file.up),
            "",
            "",
            "def downgrade() -> None:",
            *(_body(file.down) if file.down else ()),
            "",
        )
    )


def _identity(title: str) -> str:
    """The same everywhere, whatever number the file has."""
    return sha256(title.encode()).hexdigest()[:12]


def _parents(file: MigrationFile) -> str:
    parents = [f'"{_identity(title)}"' for title in file.after or ()]
    if len(parents) > 1:
        return f"({', '.join(parents)})"
    return parents[0] if parents else "None"


def _body(section: Section) -> Iterator[str]:
    indent = "    "
    if not section.in_transaction:
        yield "    with op.get_context().autocommit_block():"
        indent = "        "
    for statement in statements(section.text):
        yield f"{indent}op.execute({_literal(_PARAMETER.sub(chr(92) + ':', statement.text))})"


def _literal(sql: str) -> str:
    """As it stands in the file, where Python can say so and a reader can be sure of it."""
    is_plain = sql.isascii() and sql.replace("\n", "").isprintable() and '"""' not in sql
    return f'r"""{sql}"""' if is_plain else quoted(sql)
