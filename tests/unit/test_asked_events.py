"""Words of a command line → the query that they ask for."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, cast

import pytest

from storyline import Query, QueryItem, Story, Text
from storyline.testing.contract.story import SAMPLE
from storyline_cli import UsageError
from storyline_cli.application import StoryPackage
from storyline_cli.asked_events import asked_events


def urgent(*, priority: Literal["high", "very high"]) -> Query[Any]:
    return Query(QueryItem(["ITEM_ADDED"], Text("priority").eq(priority)))


def some(*, list_ids: Sequence[str]) -> Query[Any]:
    return Query(QueryItem(["ITEM_ADDED"], Text("list_id").in_(list_ids)))


class Package(NamedTuple):
    filters: dict[str, Callable[..., Query[Any]]]
    story: Story = SAMPLE


PACKAGE = cast(StoryPackage, Package({"urgent": urgent, "some": some}))


def test_an_enum_is_one_of_its_values() -> None:
    assert asked_events(PACKAGE, ["urgent", "priority=very high"], []) == urgent(
        priority="very high"
    )
    with pytest.raises(UsageError, match="`priority=low` is not what `priority` takes"):
        asked_events(PACKAGE, ["urgent", "priority=low"], [])


def test_several_values_stand_between_commas() -> None:
    assert asked_events(PACKAGE, ["some", "list_ids=a,b"], []) == some(list_ids=["a", "b"])
