"""The commands that need no database, as a user calls them."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from storyline_cli import FINDINGS, FINE, INTERNAL, INTERRUPTED, USAGE, manifest
from storyline_cli.__main__ import main
from storyline_generator import json_schema
from storyline_generator.explanations import explanations


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shop(here: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["init", "shop"]) == FINE
    assert main(["generate"]) == FINE
    capsys.readouterr()
    return here


def files(folder: Path) -> dict[str, str]:
    """Without what is of this machine."""
    everything = sorted(folder.rglob("*"))
    found = (path for path in everything if path.is_file() and ".storyline" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def test_a_new_project_generates_at_once(shop: Path) -> None:
    assert {
        "app/projections/shop/order.py",
        "app/story/shop/__init__.py",
        "app/story/shop/events/order.py",
        "app/validators/shop/pay_order.py",
        "migrations/0001_shop.sql",
    } <= set(files(shop))


def test_generating_again_changes_nothing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(shop)
    for call in (["generate"], ["generate", "--check"], ["generate", "--diff"]):
        assert main(call) == FINE
        assert files(shop) == before
        (shop / manifest.FILE).unlink(missing_ok=True)
        assert main(call) == FINE
    assert "all up to date" in capsys.readouterr().out


def test_beginning_again_changes_nothing(shop: Path) -> None:
    before = files(shop)
    assert main(["init", "shop"]) == FINE
    assert files(shop) == before


def test_editors_find_a_schema_beside_the_story(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = (shop / "schemas/shop.toml").read_text().splitlines()[0].removeprefix("#:schema ")
    assert json_schema.is_ours((shop / "schemas" / named).read_text())


def test_the_schema_for_editors_is_brought_up_to_date(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = shop / "schemas/storyline.schema.json"
    of_another_release = json_schema.text().replace("Greater", "More")
    file.write_text(of_another_release)
    assert main(["generate", "--check"]) == FINE
    assert file.read_text() == of_another_release
    assert main(["generate"]) == FINE
    assert "changed   schemas/storyline.schema.json" in capsys.readouterr().out
    assert file.read_text() == json_schema.text()
    file.write_text("{}")
    main(["generate"])
    main(["init", "shop"])
    assert file.read_text() == "{}"
    file.unlink()
    main(["generate"])
    assert not file.exists()


def test_beginning_leaves_an_existing_pyproject_as_it_is(here: Path) -> None:
    (here / "pyproject.toml").write_text('[project] # mine\nname = "x"')
    main(["init", "shop"])
    assert files(here)["pyproject.toml"].startswith('[project] # mine\nname = "x"\n\n[tool.story')


def test_a_second_story_stands_beside_the_first(shop: Path) -> None:
    assert main(["init", "hotel"]) == FINE
    assert main(["generate"]) == FINE
    assert {"app/projections/hotel/order.py", "migrations/0002_hotel.sql"} <= set(files(shop))


@pytest.mark.parametrize("name", ["Shop", "web-shop", "storyline", "pg_shop", "", "s" * 64])
def test_a_name_that_no_story_may_have_is_refused_before_anything_is_written(
    here: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["init", name]) == USAGE
    assert "as in `web_shop`" in capsys.readouterr().err
    assert files(here) == {}


def test_the_output_is_the_same_with_any_hash_seed(shop: Path) -> None:
    for seed in ("1", "2"):
        (shop / manifest.FILE).unlink(missing_ok=True)
        command = [sys.executable, "-m", "storyline_cli", "generate", "--check"]
        subprocess.run(command, cwd=shop, check=True, env={"PYTHONHASHSEED": seed})


def test_check_tells_what_is_wrong_and_changes_nothing(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (shop / "app/story/shop/types.py").open("a") as file:
        file.write("# mine\n")
    (shop / "app/story/shop/filters.py").unlink()
    before = files(shop)
    assert main(["generate", "--check"]) == FINDINGS
    said = capsys.readouterr().out
    assert "error[edited-file]" in said
    assert "error[missing-file]" in said
    assert main(["generate"]) == FINDINGS
    assert "Nothing was written." in capsys.readouterr().out
    assert files(shop) == before


def test_other_programs_read_nothing_but_what_was_found(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--format", "json", "generate", "--check"]) == FINE
    assert json.loads(capsys.readouterr().out) == {"diagnostics": []}
    (shop / "app/story/shop/filters.py").unlink()
    assert main(["generate", "--check", "--format", "sarif"]) == FINDINGS
    [result] = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["ruleId"] == "missing-file"
    assert main(["generate", "--format=json"]) == FINE
    assert json.loads(capsys.readouterr().out) == {"diagnostics": []}


def test_a_mistake_in_a_story_is_shown_and_nothing_is_written(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = shop / "schemas/shop.toml"
    story.write_text(story.read_text().replace('"Money"', '"Mony"'))
    before = files(shop)
    assert main(["generate"]) == FINDINGS
    assert "error[unknown-type]" in capsys.readouterr().out
    assert files(shop) == before


def test_a_terminal_that_cannot_show_a_character_shows_it_escaped(shop: Path) -> None:
    story = shop / "schemas/shop.toml"
    story.write_text(story.read_text() + '\n["é"]\n', encoding="utf-8")
    command = [sys.executable, "-m", "storyline_cli", "generate"]
    done = subprocess.run(
        command, cwd=shop, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False
    )
    assert done.returncode == FINDINGS
    assert rb"\xe9" in done.stdout


def test_two_stories_that_would_share_a_package_are_told_of_once(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    streams = '[streams.a]\nkey = "b"\nfields.b = "str"\n[events.C]\nstream = "a"\n'
    for name in ("class", "class_"):
        (shop / f"schemas/{name}.toml").write_text(f'# Why.\nstory = "{name}"\n{streams}')
    assert main(["generate"]) == FINDINGS
    said = capsys.readouterr().out
    assert " --> schemas/class_.toml:2:9\n" in said
    assert "1 error in 1 file" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[project]\n", "Run `storyline init NAME`"),
        ("[tool.storyline\n", "not valid TOML"),
        ('[tool.storyline]\nschema = "x"\n', "Did you mean `schemas`?"),
        ("[tool.storyline]\nschemas = 1\n", "must be text"),
        ('[tool.storyline]\nclient = "both"\n', '"sync" or "async"'),
        ('[tool.storyline]\npackage = "my-app/story"\n', "`my-app` is not"),
        ('[tool.storyline]\npackage = "app/class"\n', "`class` is not"),
        ('[tool.storyline]\npackage = "../app"\n', "inside"),
        ('[tool.storyline]\npackage = "."\n', "inside"),
        ('[tool.storyline]\nmigrations = "/tmp/x"\n', "inside"),
        ('[tool.storyline]\nmigrations = "a/../../x"\n', "inside"),
    ],
)
def test_a_wrong_setting_is_explained(
    here: Path, capsys: pytest.CaptureFixture[str], text: str, expected: str
) -> None:
    (here / "pyproject.toml").write_text(text)
    assert main(["generate"]) == USAGE
    said = capsys.readouterr().err
    assert expected in said
    assert "Traceback" not in said


def test_settings_are_found_from_a_folder_below(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop / "app")
    (shop / "app/pyproject.toml").write_text('[project]\nname = "inner"\n')
    assert main(["generate", "--check"]) == FINE


def test_every_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for code, text in explanations().items():
        assert text, code
        assert main(["explain", code]) == FINE
    assert main(["explain"]) == FINE
    assert "edited-file" in capsys.readouterr().out


def test_a_misspelt_code_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "edit-file"]) == USAGE
    assert "Did you mean `edited-file`?" in capsys.readouterr().err


def test_our_own_mistake_is_a_traceback_and_a_plea(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("storyline_cli.explain.explanations", lambda: 1 / 0)
    assert main(["explain"]) == INTERNAL
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "report" in said


def test_a_module_that_is_missing_here_is_our_mistake_and_no_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("storyline_cli.explain.explanations", lambda: import_module("no_such"))
    assert main(["explain"]) == INTERNAL
    assert "report" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("this is no Python", "SyntaxError: "),
        ("int('seven')", "ValueError: invalid literal for int() with base 10: 'seven', at "),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module', at "),
        ("class Left(Absent): pass", "NameError: name 'Absent' is not defined, at "),
    ],
)
def test_a_mistake_in_a_module_of_the_application_is_told_with_its_line(
    shop: Path, line: str, told: str
) -> None:
    file = shop / "app/projections/shop/order.py"
    file.write_text(f"# first\n{line}\n")
    code, said = projections("status")
    assert code == USAGE
    assert f"`app.projections:PROJECTIONS` cannot be imported: {told}" in said
    assert said.endswith(f", at {file}:2.\n")
    assert "Traceback" not in said


def test_a_mistake_in_the_story_itself_is_told_with_its_line(shop: Path) -> None:
    file = shop / "app/story/shop/__init__.py"
    file.write_text(f"{file.read_text()}\n1 / 0\n")
    code, said = projections("status", "--of", "app.story.shop:SHOP")
    assert code == USAGE
    assert "ZeroDivisionError: division by zero, at " in said
    assert f"{file}:" in said


@pytest.mark.parametrize("place", ["app.story.shop:SHOP", "app.story.shop:__all__"])
def test_what_is_not_a_list_of_projections_is_refused(shop: Path, place: str) -> None:
    said = f"storyline: `{place}` is not a list of projections.\n"
    assert projections("run", place) == (USAGE, said)


def projections(*words: str) -> tuple[int, str]:
    """In a process of its own, which has imported nothing of another project."""
    call = [sys.executable, "-m", "storyline_cli", "projections", *words]
    done = subprocess.run(call, capture_output=True, text=True)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("", "usage: storyline"),
        ("genrate", "Run `storyline --help`."),
        ("generate --chek", "`--chek`. Run `storyline generate --help`."),
        ("generate --check --diff", "Run `storyline generate --help`."),
        ("migrate sideways", "Run `storyline migrate --help`."),
        ("db", "Run `storyline db --help`."),
    ],
)
def test_a_wrong_call_is_told_where_help_is(
    capsys: pytest.CaptureFixture[str], call: str, told: str
) -> None:
    assert main(call.split()) == USAGE
    assert told in capsys.readouterr().err


def test_a_path_in_the_way_is_told_by_its_name(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "pyproject.toml").write_text('[tool.storyline]\nschemas = "app/__init__.py"\n')
    assert main(["init", "hotel"]) == USAGE
    said = capsys.readouterr().err
    assert "app/__init__.py`: File exists." in said
    assert "Errno" not in said


def test_an_interrupted_command_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("storyline_cli.generate.configuration", interrupt)
    assert main(["generate"]) == INTERRUPTED
    assert capsys.readouterr().err == "storyline: interrupted.\n"


def test_a_reader_that_stops_reading_is_no_mistake() -> None:
    command = [sys.executable, "-m", "storyline_cli", "explain"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as explain:
        assert explain.stdout
        assert explain.stderr
        explain.stdout.close()
        said = explain.stderr.read()
    assert (explain.returncode, said) == (FINE, b"")


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as version:
        main(["--version"])
    assert version.value.code == FINE
    assert capsys.readouterr().out.startswith("storyline ")


def test_a_command_imports_nothing_of_the_others() -> None:
    code = (
        "import sys; from storyline_cli.__main__ import main; main(['explain', 'edited-file']);"
        "sys.exit(any(name in sys.modules for name in ('psycopg', 'jinja2', 'pydantic')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
