"""`storyline lint` and `storyline check`, as a build calls them."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import rmtree

import pytest

from storyline_cli import FINDINGS, FINE
from storyline_cli.__main__ import main

ODD = """
[types]
Colour = { enum = ["red"] }

[events.PAY]
stream = "order"
"""
DOWN = "-- migrate:up\nselect 1;\n-- migrate:down\n"


@pytest.fixture
def shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    monkeypatch.chdir(tmp_path)
    main(["init", "shop"])
    main(["generate"])
    capsys.readouterr()
    return tmp_path


@pytest.fixture
def odd_shop(shop: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    (shop / "schemas/shop.toml").write_text(odd(story(shop)))
    main(["generate"])
    capsys.readouterr()
    return shop


def story(shop: Path) -> str:
    return (shop / "schemas/shop.toml").read_text()


def odd(text: str) -> str:
    return (
        text.replace("\n[types]\n", ODD.partition("\n[events")[0] + "\n") + ODD[ODD.index("\n[e") :]
    )


def codes(command: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    code = main([command, "--format", "json"])
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert code == (FINDINGS if found else FINE)
    return [each["code"] for each in found]


def test_what_the_user_wrote_for_a_story_that_is_gone_is_told_of(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["init", "class"])
    main(["generate"])
    (shop / "app/projections/helpers").mkdir()
    (shop / "app/projections/helpers/sums.py").write_text("from decimal import Decimal\n")
    capsys.readouterr()
    assert codes("check", capsys) == []
    (shop / "schemas/class.toml").unlink()
    main(["generate"])
    capsys.readouterr()
    assert main(["check"]) == FINDINGS
    said = capsys.readouterr().out
    assert said.count("error[abandoned-file]: No story generates what this file imports.") == 3
    for left in ("projections/class_/dashboard", "projections/class_/order", "validators/class_/"):
        assert f"app/{left}" in said
    for kind in ("projections", "validators"):
        rmtree(shop / f"app/{kind}/class_")
    assert codes("check", capsys) == []


def test_a_new_project_passes(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == FINE
    assert main(["lint"]) == FINE
    assert capsys.readouterr().out == "1 story, nothing to report.\n1 story, nothing to warn of.\n"


def test_lint_warns_and_generate_goes_on(
    odd_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert codes("lint", capsys) == ["unused-type", "event-not-in-the-past", "missing-doc"]
    assert main(["generate", "--check"]) == FINE


def test_check_finds_everything_in_one_run(
    odd_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (odd_shop / "app/story/shop/types.py").unlink()
    (odd_shop / "migrations/0002_mine.sql").write_text("select 1;")
    before = sorted(odd_shop.rglob("*"))
    assert set(codes("check", capsys)) == {
        "missing-file",
        "malformed-migration",
        "unused-type",
        "event-not-in-the-past",
        "missing-doc",
    }
    assert sorted(odd_shop.rglob("*")) == before


def test_warnings_wait_for_a_story_without_errors(
    odd_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["lint", "--write-baseline"])
    capsys.readouterr()
    with (odd_shop / "schemas/shop.toml").open("a") as file:
        file.write("strem = 1\n")
    assert codes("lint", capsys) == ["unknown-key"]
    assert codes("check", capsys) == ["unknown-key"]
    before = (odd_shop / "storyline-baseline.txt").read_text()
    assert main(["lint", "--write-baseline"]) == FINDINGS
    assert (odd_shop / "storyline-baseline.txt").read_text() == before


def test_warnings_of_one_story_wait_for_the_errors_of_another(
    odd_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (odd_shop / "schemas/stock.toml").write_text('story = "stock"\nstrem = 1\n')
    assert codes("lint", capsys) == ["unknown-key"]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("select 1;", 1, "malformed-migration"),
        (DOWN + "select 1;\n-- migrate:up\n", 5, "malformed-migration"),
        ("-- migrate:up\nselect 1;\n", 1, "migration-without-down"),
        (DOWN + "\n-- Nothing to do.\n", 3, "migration-without-down"),
    ],
)
def test_a_migration_that_cannot_run_is_found_without_a_database(
    shop: Path, capsys: pytest.CaptureFixture[str], text: str, line: int, code: str
) -> None:
    (shop / "migrations/0002_mine.sql").write_text(text)
    assert main(["check"]) == FINDINGS
    said = capsys.readouterr().out
    assert f"error[{code}]" in said
    assert f"migrations/0002_mine.sql:{line}:1" in said


def test_a_sound_migration_of_ones_own_passes(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "migrations/0002_mine.sql").write_text(DOWN + "select 1;\n")
    assert codes("check", capsys) == []
    (shop / "migrations/0003_mine.sql").write_bytes(b"\xff")
    assert codes("check", capsys) == ["malformed-migration"]


# The baseline


def test_what_the_baseline_lists_is_not_told_again(
    odd_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", "--write-baseline"]) == FINE
    assert capsys.readouterr().out == "storyline-baseline.txt: 3 listed.\n"
    assert (odd_shop / "storyline-baseline.txt").read_text().splitlines()[1:] == [
        "event-not-in-the-past events.PAY schemas/shop.toml",
        "missing-doc events.PAY schemas/shop.toml",
        "unused-type types.Colour schemas/shop.toml",
    ]
    assert codes("lint", capsys) == codes("check", capsys) == []


def test_what_is_new_is_told_and_lines_may_move(
    odd_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["lint", "--write-baseline"])
    capsys.readouterr()
    file = odd_shop / "schemas/shop.toml"
    file.write_text("\n\n\n" + file.read_text() + '\n[events.SEND]\ndoc = "x"\nstream = "order"\n')
    assert codes("lint", capsys) == ["event-not-in-the-past"]


def test_a_line_that_lists_nothing_is_told_until_it_is_gone(
    odd_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["lint", "--write-baseline"])
    file = odd_shop / "schemas/shop.toml"
    file.write_text(file.read_text().replace("[events.PAY]\n", '[events.PAY]\ndoc = "Done."\n'))
    with (odd_shop / "storyline-baseline.txt").open("a") as baseline:
        baseline.write("no-code x y\nmissing-doc\n")
    capsys.readouterr()
    assert codes("lint", capsys) == ["unused-ignore", "malformed-ignore", "malformed-ignore"]
    assert main(["lint"]) == FINDINGS
    assert "storyline-baseline.txt:3:1" in capsys.readouterr().out
    main(["lint", "--write-baseline"])
    assert "2 listed" in capsys.readouterr().out
    assert codes("lint", capsys) == []


def test_a_baseline_of_nothing_is_no_file(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "storyline-baseline.txt").write_text("missing-doc events.PAY schemas/shop.toml\n")
    assert main(["lint", "--write-baseline"]) == FINE
    assert not (shop / "storyline-baseline.txt").exists()


def test_writing_a_baseline_leaves_nothing_to_tell(
    odd_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", "--write-baseline", "--format", "json"]) == FINE
    assert json.loads(capsys.readouterr().out) == {"diagnostics": []}


def test_a_baseline_does_not_list_comments_that_are_wrong(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (shop / "schemas/shop.toml").open("a") as file:
        file.write("# storyline: ignore[missing-doc]\n")
    assert main(["lint", "--write-baseline"]) == FINDINGS
    assert "malformed-ignore" in capsys.readouterr().out
