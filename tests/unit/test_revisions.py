"""The stories of a git revision, and what today's would break of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import tomli

from storyline_cli import FINDINGS, FINE, USAGE
from storyline_cli.__main__ import main
from storyline_generator import comparing, pipeline, reporter
from storyline_generator.compatibility import RULES, Rule, judged
from storyline_generator.revisions import RevisionError

STORY = """\
story = "shop"

[streams.order]
key = "order_id"
fields.order_id = "str"

[events.ORDER_PAID]
stream = "order"
fields.amount = "int"
"""


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(("git", *who, *words), cwd=folder, check=True, capture_output=True)


def changed(root: Path, old: str, new: str) -> None:
    story = root / "schemas/shop/shop.toml"
    text = story.read_text()
    assert old in text
    story.write_text(text.replace(old, new))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Below the root of its repository, and with `main` as its first revision."""
    root = tmp_path / "apps/shop"
    (root / "schemas/shop").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.storyline]\n")
    (root / "schemas/shop/shop.toml").write_text(STORY)
    (root / "schemas/shop/more.toml").write_text('[events.ORDER_SENT]\nstream = "order"\n')
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "start")
    monkeypatch.chdir(root)
    return root


def test_a_revision_counts_as_released(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(shop, 'fields.amount = "int"', 'fields.amount = "str"')
    assert main(["breaking"]) == FINE
    assert main(["breaking", "--against", "git:main"]) == FINDINGS
    told = capsys.readouterr().out
    assert "error[number-as-text]" in told
    assert "--> schemas/shop/shop.toml:9:8" in told
    assert "::: main:schemas/shop/shop.toml:9:8" in told


def test_a_revision_stands_on_what_it_had_released(shop: Path) -> None:
    assert main(["release"]) == FINE
    changed(shop, 'fields.amount = "int"', "")
    git(shop, "add", ".")
    git(shop, "commit", "-m", "without amount")
    changed(
        shop,
        '[events.ORDER_PAID]\nstream = "order"\n',
        '[events.ORDER_PAID]\nstream = "order"\nfields.amount = "str?"\n',
    )
    past = comparing.pasts_at(shop, "schemas", "HEAD")
    assert main(["breaking", "--against", "git:HEAD"]) == FINDINGS
    place = past["shop"].place("events", "ORDER_LOST", "1")
    assert place.source.path == "HEAD:schemas/shop/shop.lock.toml"


def test_what_was_no_story_at_the_revision_can_be_anything(shop: Path) -> None:
    git(shop, "mv", "schemas", "stories")
    git(shop, "commit", "-m", "elsewhere")
    git(shop, "mv", "stories", "schemas")
    assert main(["breaking", "--against", "git:HEAD"]) == FINE


def test_every_change_has_a_verdict_for_whoever_lists_changes(shop: Path) -> None:
    changed(shop, 'fields.amount = "int"', 'fields.amount = "int"\nfields.note = "str?"')
    (past,) = comparing.pasts_at(shop, "schemas", "main").values()
    (sound,) = pipeline.read(shop, "schemas").sound
    indexes = {"events_by_order_stream": "events using btree (id)"}
    verdicts = judged(sound.schema, past, indexes)
    assert [(each.rule.id, each.rule.level) for each in verdicts] == [
        ("B02", "allowed"),
        ("B34", "allowed"),
    ]
    assert verdicts[0].now.keys == ("events", "ORDER_PAID", "fields", "note")
    assert all(each.diagnostic is None for each in verdicts)


@pytest.mark.parametrize(
    ("against", "told"),
    [
        ("git:nowhere", "git knows no revision `nowhere`. Name a branch"),
        ("git:--output=x", "git knows no revision `--output=x`."),
        ("git:", "`git:` is nothing to compare with. Use `lock` or `git:main`."),
        ("main", "`main` is nothing to compare with."),
    ],
)
def test_what_cannot_be_compared_with_is_told(
    shop: Path, against: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["breaking", "--against", against]) == USAGE
    assert told in capsys.readouterr().err


def test_without_a_repository_the_lock_is_the_way(
    tmp_path: Path, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").rename(tmp_path / "gone")
    assert main(["breaking", "--against", "git:main"]) == USAGE
    told = capsys.readouterr().err
    assert "not a git repository" in told
    assert "`lock`" in told


def test_without_git_the_lock_is_the_way(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert main(["breaking", "--against", "git:main"]) == USAGE
    assert "There is no `git` to ask." in capsys.readouterr().err


def test_a_shallow_clone_is_told_how_to_fetch(
    tmp_path: Path, shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git(shop, "tag", "v1")
    changed(shop, 'fields.amount = "int"', "")
    git(shop, "commit", "-a", "-m", "second")
    git(
        tmp_path, "clone", "--depth", "1", "--no-tags", f"file://{tmp_path}", str(tmp_path / "copy")
    )
    monkeypatch.chdir(tmp_path / "copy/apps/shop")
    assert main(["breaking", "--against", "git:v1"]) == USAGE
    told = capsys.readouterr().err
    assert "This clone is shallow, and does not have `v1`." in told
    assert "git fetch --unshallow" in told


def test_a_revision_with_mistakes_is_nothing_to_compare_with(shop: Path) -> None:
    changed(shop, '"int"', '"itn"')
    git(shop, "commit", "-a", "-m", "wrong")
    with pytest.raises(RevisionError, match="unknown type `itn`"):
        comparing.pasts_at(shop, "schemas", "HEAD")


def test_errors_stop_generation_and_warnings_come_in_check(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["release"]) == FINE
    changed(shop, 'fields.amount = "int"', 'fields.amount = "decimal"')
    assert main(["generate"]) == FINE
    assert main(["breaking"]) == FINDINGS
    assert main(["check"]) == FINDINGS
    assert "warning[widened-number]" in capsys.readouterr().out
    changed(shop, '"decimal"', '"bool"')
    assert main(["generate"]) == FINDINGS


def test_every_rule_is_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["breaking", "--list"]) == FINE
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(RULES)
    for rule, line in zip(RULES, lines, strict=True):
        assert line.split(maxsplit=3) == [rule.id, rule.code, rule.level, rule.purpose]
        assert main(["explain", rule.code]) == FINE
        page = capsys.readouterr().out
        assert f"Verdict ({rule.id}): {rule.level}." in page
        assert page.count("Example:") == 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_example_of_a_rule_is_toml(rule: Rule) -> None:
    assert tomli.loads(rule.example)


@pytest.mark.parametrize("format", reporter.FORMATS)
def test_what_breaks_is_told_in_every_format(
    shop: Path, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(shop, 'fields.amount = "int"', 'fields.amount = "bool"')
    assert main(["breaking", "--against", "git:main", "--format", format]) == FINDINGS
    assert "changed-type" in capsys.readouterr().out
