"""The runner of migration files: once each, in order, alone, and clear about what is wrong."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from storyline.migrations import (
    MigrationError,
    State,
    migrate_down,
    migrate_up,
    migration_status,
)


def write(folder: Path, name: str, up: str, down: str = "") -> None:
    undone = f"-- migrate:down\n{down}\n" if down else ""
    (folder / f"{name}.sql").write_text(f"-- migrate:up\n{up}\n{undone}")


def tables(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'")
        return sorted(name for (name,) in rows)


def states(dsn: str, folder: Path) -> dict[str, State]:
    return {status.name: status.state for status in migration_status(dsn, folder)}


def test_what_is_pending_is_applied_once_and_in_order(storyline_dsn: str, tmp_path: Path) -> None:
    write(tmp_path, "0002_b", "alter table a add column y int;")
    write(tmp_path, "0001_a", "create table a (x int);")
    assert states(storyline_dsn, tmp_path) == {"0001_a": State.PENDING, "0002_b": State.PENDING}
    assert migrate_up(storyline_dsn, tmp_path) == ("0001_a", "0002_b")
    assert migrate_up(storyline_dsn, tmp_path) == ()
    assert states(storyline_dsn, tmp_path) == {"0001_a": State.APPLIED, "0002_b": State.APPLIED}


def test_status_of_an_untouched_database_leaves_it_untouched(
    storyline_dsn: str, tmp_path: Path
) -> None:
    migration_status(storyline_dsn, tmp_path)
    with psycopg.connect(storyline_dsn) as connection:
        found = connection.execute("select to_regnamespace('storyline')").fetchone()
    assert found == (None,)


def test_a_file_that_fails_is_undone_whole_and_named_with_its_line(
    storyline_dsn: str, tmp_path: Path
) -> None:
    write(tmp_path, "0001_a", "create table a (x int);")
    write(tmp_path, "0002_b", "create table b (x int);\ncreate table c (x nonsense);")
    with pytest.raises(MigrationError, match=r'type "nonsense" does not exist') as failed:
        migrate_up(storyline_dsn, tmp_path)
    assert (failed.value.file, failed.value.line) == (str(tmp_path / "0002_b.sql"), 3)
    assert tables(storyline_dsn) == ["a"]
    assert states(storyline_dsn, tmp_path)["0002_b"] is State.PENDING


def test_bodies_with_semicolons_and_dollars_are_run_as_they_are(
    storyline_dsn: str, tmp_path: Path
) -> None:
    body = "begin insert into a values (1); insert into a values (2); end"
    write(tmp_path, "0001_a", f"create table a (x int);\ndo $$ {body} $$;\nselect 'a;%s' || '%';")
    migrate_up(storyline_dsn, tmp_path)
    assert tables(storyline_dsn) == ["a"]


def test_a_file_may_run_outside_of_a_transaction(storyline_dsn: str, tmp_path: Path) -> None:
    write(tmp_path, "0001_a", "create table a (x int);")
    (tmp_path / "0002_index.sql").write_text(
        "-- migrate:up transaction:false\ncreate index concurrently i on a (x);\n"
        "-- migrate:down transaction:false\ndrop index concurrently i;\n"
    )
    assert migrate_up(storyline_dsn, tmp_path) == ("0001_a", "0002_index")
    assert migrate_down(storyline_dsn) == "0002_index"


def test_a_changed_file_is_refused_and_down_undoes_what_was_applied(
    storyline_dsn: str, tmp_path: Path
) -> None:
    write(tmp_path, "0001_a", "create table a (x int);", "drop table a;")
    migrate_up(storyline_dsn, tmp_path)
    write(tmp_path, "0001_a", "create table b (x int);", "drop table b;")
    with pytest.raises(MigrationError, match=r"`0001_a` was applied, .* changed .*migrate down"):
        migrate_up(storyline_dsn, tmp_path)
    assert migrate_down(storyline_dsn) == "0001_a"
    assert migrate_up(storyline_dsn, tmp_path) == ("0001_a",)
    assert tables(storyline_dsn) == ["b"]


def test_other_line_ends_are_no_change(storyline_dsn: str, tmp_path: Path) -> None:
    write(tmp_path, "0001_a", "create table a\n(x int);")
    migrate_up(storyline_dsn, tmp_path)
    file = tmp_path / "0001_a.sql"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert states(storyline_dsn, tmp_path) == {"0001_a": State.APPLIED}


def test_a_missing_and_a_late_file_are_told_together(storyline_dsn: str, tmp_path: Path) -> None:
    write(tmp_path, "0002_b", "create table b (x int);")
    migrate_up(storyline_dsn, tmp_path)
    (tmp_path / "0002_b.sql").unlink()
    write(tmp_path, "0001_a", "create table a (x int);")
    assert states(storyline_dsn, tmp_path) == {"0001_a": State.LATE, "0002_b": State.MISSING}
    with pytest.raises(MigrationError) as refused:
        migrate_up(storyline_dsn, tmp_path)
    assert "Give the file a higher number." in refused.value.message
    assert "its file is gone" in refused.value.message


def test_down_without_a_down_section_says_so(storyline_dsn: str, tmp_path: Path) -> None:
    write(tmp_path, "0001_a", "create table a (x int);")
    migrate_up(storyline_dsn, tmp_path)
    with pytest.raises(MigrationError, match="has no section `-- migrate:down`"):
        migrate_down(storyline_dsn)
    assert tables(storyline_dsn) == ["a"]


def test_runners_do_not_race(storyline_dsn: str, tmp_path: Path) -> None:
    write(tmp_path, "0001_a", "select pg_sleep(0.2); create table a (x int);")
    write(tmp_path, "0002_b", "create table b (x int);")
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(migrate_up, [storyline_dsn] * 4, [tmp_path] * 4))
    assert sorted(applied) == [(), (), (), ("0001_a", "0002_b")]


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql//u:secret@host/x",
        "host=localhost pass:secret",
        "postgresql://u:secret@/x?host=/nowhere",
        "postgresql://u:secret@localhost:1/x",
    ],
)
def test_no_error_shows_a_password(dsn: str, tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match=r"DSN|cannot be reached") as failed:
        migrate_up(dsn, tmp_path)
    assert "secret" not in str(failed.value)
