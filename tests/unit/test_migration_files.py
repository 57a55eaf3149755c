import pytest

from storyline.migrations import MigrationError
from storyline.migrations.files import migration_file

TEXT = """\
-- Generated.

-- migrate:up
create table a (x int);

-- migrate:down transaction:false
drop table a;
"""


def test_a_file_is_cut_at_its_markers() -> None:
    file = migration_file("0001_a", "migrations/0001_a.sql", TEXT)
    assert (file.up.line, file.up.in_transaction) == (3, True)
    assert "create table" in file.up.text
    assert "drop table" not in file.up.text
    assert file.down is not None
    assert (file.down.line, file.down.in_transaction) == (6, False)


def test_sections_may_stand_in_either_order_and_down_may_be_absent() -> None:
    assert migration_file("a", "a.sql", "-- migrate:up\nselect 1;").down is None
    file = migration_file("a", "a.sql", "-- migrate:down\nselect 2;\n-- migrate:up\nselect 1;")
    assert file.down is not None
    assert file.down.text == "-- migrate:down\nselect 2;\n"


def test_the_checksum_is_of_what_runs() -> None:
    here = migration_file("a", "a.sql", TEXT).up.checksum
    assert here == migration_file("a", "a.sql", TEXT.replace("\n", "\r\n")).up.checksum
    assert here == migration_file("a", "a.sql", TEXT.replace("Generated", "Made")).up.checksum
    assert here != migration_file("a", "a.sql", TEXT.replace("(x int)", "(y int)")).up.checksum


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("select 1;", "There is no line `-- migrate:up`.", 1),
        ("-- migrate:up\n\n-- migrate:up", "There is a second `-- migrate:up`.", 3),
    ],
)
def test_a_file_without_one_up_section_is_refused(text: str, message: str, line: int) -> None:
    with pytest.raises(MigrationError) as refused:
        migration_file("a", "migrations/a.sql", text)
    assert (refused.value.message, refused.value.line) == (message, line)
    assert str(refused.value).startswith(f"migrations/a.sql:{line}: ")
