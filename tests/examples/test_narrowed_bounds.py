"""Rows that are wider than today's bounds: they are read and found, and no new ones are made."""

import sys
from pathlib import Path

import pytest

from projects import begin_release, command

HERE = Path(__file__).resolve().parent / "narrowing"

WRITE = """
import sys
from decimal import Decimal
from app.story.shop import SHOP, Line, OrderPlaced
from storyline import EventClient

line = Line(title="A long title of a line", pieces=-3)
with EventClient(SHOP, sys.argv[1]) as client:
    client.save_event(OrderPlaced(
        order_id="o", text="A long title of an order", price=Decimal("1234567.5"), colour="red",
        lines=[line, line], tags=frozenset(["", "a long tag of an order"]), names={}, code="abc",
        weight=0.75,
    ))
"""

READ = """
import sys
from decimal import Decimal
import pytest
from pydantic import ValidationError
from app.story.shop import SHOP, Line, OrderPlaced, order_stream, titled
from storyline import EventClient

GOOD = dict(
    order_id="o", title="Short", price=Decimal("123456.75"), colour="blue",
    lines=[Line(title="Line", pieces=2)], tags=frozenset(["ab"]), names={"a": "bc"}, code="ab",
    weight=1.5,
)
BAD = dict(
    title=["A", "A long title of an order"], price=[Decimal("1234567.5"), Decimal("1.125")],
    colour=["red"], lines=[[Line(title="Line", pieces=2)] * 2, [{"title": "L", "pieces": 2}]],
    tags=[frozenset(["ab", "cd"]), frozenset(["a"])], names=[{}, {"a": "b"}], code=["a", "abc"],
    weight=[1.25],
)
with EventClient(SHOP, sys.argv[1]) as client:
    (old,) = client.get_event_stream(order_stream(order_id="o"))
    assert old.data.title == "A long title of an order"
    assert old.data.price == Decimal("1234567.5")
    assert [line.pieces for line in old.data.lines] == [-3, -3]
    assert old.data.tags == {"", "a long tag of an order"}
    assert (old.data.names, old.data.code, old.data.weight) == ({}, "abc", 0.75)
    assert list(client.get_event_stream(titled(title="A long title of an order"))) == [old]
    new = client.save_event(OrderPlaced(**GOOD))
    again = client.save_event(old.data)
    assert list(client.get_event_stream(order_stream(order_id="o"))) == [old, new, again]

wide = OrderPlaced(**GOOD).model_dump_json()
OrderPlaced.model_validate_json(wide)
for field, values in BAD.items():
    for value in values:
        with pytest.raises(ValidationError) as caught:
            OrderPlaced(**{**GOOD, field: value})
        assert {error["loc"][0] for error in caught.value.errors()} == {field}
for pieces in (-2, 3, 52):
    with pytest.raises(ValidationError):
        Line(title="Line", pieces=pieces)
with pytest.raises(ValidationError):
    OrderPlaced.model_validate_json(wide.replace("Short", "A title from outside"))
with pytest.raises(ValidationError):
    OrderPlaced.model_validate_json(wide.replace("blue", "red"))
"""


@pytest.fixture
def project(tmp_path: Path, storyline_dsn: str) -> Path:
    """The second release, over the log of the first."""
    command(tmp_path, "storyline", "init", "shop")
    begin_release(tmp_path, HERE / "version_1.toml", "shop")
    command(tmp_path, "storyline", "release")
    command(tmp_path, "storyline", "migrate", "up", "--dsn", storyline_dsn)
    command(tmp_path, "python", "-c", WRITE, storyline_dsn)
    begin_release(tmp_path, HERE / "version_2.toml", "shop")
    return tmp_path


def test_wider_rows_are_read_and_none_are_made(project: Path, storyline_dsn: str) -> None:
    command(project, "python", "-c", READ, storyline_dsn)


def test_what_has_been_wider_stays_so_after_the_next_release(
    project: Path, storyline_dsn: str
) -> None:
    command(project, "storyline", "release")
    command(project, "storyline", "generate", "--check")
    command(project, "python", "-c", READ, storyline_dsn)


def test_code_with_two_bounds_is_clean_under_the_type_checkers(project: Path) -> None:
    command(project, "mypy", "--strict", "app")
    (project / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    command(project, "pyright", "--pythonpath", sys.executable, "app")
    command(project, "ruff", "check", "--isolated", "app")
