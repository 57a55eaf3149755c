"""What the pages show is true: their stories are generated, their Python is checked and run."""

import os
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = "README.md"
LANGUAGE = "schemas/README.md"
GUIDE = "runtime/guide.md"

RULE = """
from app.story.todo import *
from storyline import Recorded
"""
USE_OF_THE_RULE = """
import sys
from app.story.todo import *
from app.validators.todo.add_item import AddItemValidator
from storyline import EventClient, RefusedError

home = ListId("home")

def add(client: EventClient, milk: ItemId) -> None:
{shown}

with EventClient(TODO, sys.argv[1]) as client:
    for name in ("milk", "eggs", "tea"):
        add(client, ItemId(name))
    try:
        add(client, ItemId("cake"))
    except RefusedError as refused:
        print(refused)
"""
USE = """
import sys
from decimal import Decimal
from uuid import uuid4
from app.story.shop import OrderId, OrderPaid

order, other, request = OrderId(uuid4()), OrderId(uuid4()), uuid4()
payment = OrderPaid(order_id=order, amount=Decimal("12.50"))
ten, thousand = Decimal(10), Decimal(1000)
"""


def blocks(page: str, language: str, *, below: str, above: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    part = text[text.index(below) : text.index(above)]
    return re.findall(rf"^```{language}\n(.*?)^```$", part, re.DOTALL | re.MULTILINE)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "schemas").mkdir()
    (settings,) = blocks(README, "toml", below="### Where things go", above="## More")
    (tmp_path / "pyproject.toml").write_text(settings)
    return tmp_path


def test_the_first_story_needs_no_more_than_the_rule(project: Path, storyline_dsn: str) -> None:
    (story,) = blocks(README, "toml", below="A story:", above="## Two commands")
    rule, use = blocks(README, "python", below="A story:", above="## Two commands")
    (project / "schemas/todo.toml").write_text(story)
    command(project, "storyline", "generate")
    (project / "app/validators/todo/add_item.py").write_text(RULE + rule)
    (project / "use.py").write_text(USE_OF_THE_RULE.format(shown=indent(use, "    ")))
    command(project, "mypy", "--strict", "app", "use.py")
    command(project, "storyline", "migrate", "up", "--dsn", storyline_dsn)
    assert command(project, "python", "use.py", storyline_dsn) == (
        "At most three open items on one list.\n"
    )
    rules, contract = blocks(
        GUIDE, "python", below="## Testing your rules", above="## Is the log sound?"
    )
    (project / "test_rules.py").write_text(rules)
    (project / "test_contract.py").write_text(contract)
    command(project, "mypy", "--strict", "app", "test_rules.py", "test_contract.py")
    assert "3 passed" in command(project, "python", "-m", "pytest", "-q", "test_rules.py")
    assert "TestOurClient" in command(
        project, "python", "-m", "pytest", "-q", "--collect-only", "test_contract.py"
    )


def test_the_story_that_explains_the_language_is_used_as_shown(
    project: Path, storyline_dsn: str
) -> None:
    parts = blocks(LANGUAGE, "toml", below="## Types", above="## Releases")
    (project / "schemas/shop.toml").write_text('story = "shop"\n' + "\n".join(parts))
    use_as_shown(project, storyline_dsn)


def test_the_story_that_a_project_begins_with_is_used_as_shown(
    project: Path, storyline_dsn: str
) -> None:
    command(project, "storyline", "init", "shop")
    use_as_shown(project, storyline_dsn)


def use_as_shown(project: Path, storyline_dsn: str) -> None:
    (use,) = blocks(GUIDE, "python", below="## Events", above="## Projections that keep up")
    keep_up, park, wait = blocks(
        GUIDE, "python", below="## Projections that keep up", above="## Subscriptions"
    )
    (subscribe,) = blocks(
        GUIDE, "python", below="## Subscriptions", above="## Looking into the log"
    )
    command(project, "storyline", "generate")
    here = '"postgresql://…"'
    assert here in use
    (project / "use.py").write_text(USE + use.replace(here, "sys.argv[1]"))
    imported, _, _, named, policy = park.splitlines(keepends=True)
    projection = project / "app/projections/shop/order.py"
    written = projection.read_text()
    assert named in written
    projection.write_text(written.replace(named, imported + named + policy))
    for name, text in {"keep_up": keep_up, "wait": wait, "subscribe": subscribe}.items():
        (project / f"{name}.py").write_text("import sys\n" + text.replace(here, "sys.argv[1]"))
    command(project, "mypy", "--strict", "app", *map(str, project.glob("*.py")))
    command(project, "storyline", "migrate", "up", "--dsn", storyline_dsn)
    first, *_ = command(project, "python", "use.py", storyline_dsn).splitlines()
    assert first.startswith("1 ")
    assert first.endswith("12.50 ann me")
    (kept,) = command(project, "python", "keep_up.py", storyline_dsn).splitlines()
    assert kept.split()[1] == "0"  # the skeleton's fold changes nothing
    with running(project, "storyline", "projections", "run", "--dsn", storyline_dsn):
        command(project, "python", "wait.py", storyline_dsn)
    (mailed,) = command(project, "python", "subscribe.py", storyline_dsn).splitlines()
    assert mailed.endswith("under the key 1")


@contextmanager
def running(folder: Path, *words: str) -> Generator[None]:
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    process = subprocess.Popen(
        words, cwd=folder, env={**os.environ, "PATH": path}, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def command(folder: Path, *words: str) -> str:
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, "PATH": path}, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
