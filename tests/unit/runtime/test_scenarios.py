"""given, when, then: what they let pass, and how they fail."""

import asyncio
import re
from collections.abc import Mapping
from typing import ClassVar

import pytest

from storyline import (
    AsyncEventClient,
    AsyncSingleStreamValidator,
    EventClient,
    MultiStreamValidator,
    Recorded,
    SingleStreamProjection,
    SingleStreamValidator,
    State,
)
from storyline.testing import InMemoryEventClient, async_given, given
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    SAMPLE,
    TEA,
    WORK,
    ItemAdded,
    ItemCompleted,
    ItemId,
    ListEvent,
    ListId,
    added,
    completed,
    list_stream,
)

RULE = "At most two items on one list."


class AtMostTwo(SingleStreamValidator[ListEvent, ItemAdded]):
    """At most two items on one list."""

    def __init__(self, client: EventClient, *, list_id: ListId) -> None:
        super().__init__(client, list_stream(list_id=list_id))

    def is_valid(self) -> bool:
        return self.reduce_events(lambda count, _: count + 1, 0) <= 2


class AsyncAtMostTwo(AsyncSingleStreamValidator[ListEvent, ItemAdded]):
    """At most two items on one list."""

    def __init__(self, client: AsyncEventClient, *, list_id: ListId) -> None:
        super().__init__(client, list_stream(list_id=list_id))

    async def is_valid(self) -> bool:
        return await self.reduce_events(lambda count, _: count + 1, 0) <= 2


class OnBoth(MultiStreamValidator[ListEvent, ListEvent]):
    """What is on no list cannot be done."""

    def is_valid(self) -> bool:
        return self.reduce_only_db_events(lambda count, _: count + 1, 0) > 0


class OpenState(State, frozen=True):
    items: list[ItemId] = []


class OpenItems(SingleStreamProjection[OpenState, ItemAdded | ItemCompleted]):
    projection_type: ClassVar[str] = "open"
    state_class: ClassVar[type[State]] = OpenState
    handlers: ClassVar[Mapping[str, str]] = {"ITEM_ADDED": "on_added"}

    def __init__(self, client: EventClient, *, list_id: ListId) -> None:
        stream = list_stream(list_id=list_id).only(ItemAdded, ItemCompleted)
        super().__init__(client, stream, id=list_id)

    def initial_state(self) -> OpenState:
        return OpenState()

    def on_added(self, state: OpenState, event: Recorded[ItemAdded]) -> OpenState:
        return OpenState(items=[*state.items, event.data.item_id])


def test_a_rule_saves_what_it_lets_happen() -> None:
    before = [added(MILK), added(EGGS, WORK)]
    given(SAMPLE, before).when(AtMostTwo, list_id=HOME).applies(added(TEA)).then(added(TEA))
    given(SAMPLE).when(AtMostTwo, list_id=HOME).applies().then()


def test_a_rule_refuses_by_its_reason() -> None:
    before = [added(MILK), added(EGGS)]
    given(SAMPLE, before).when(AtMostTwo, list_id=HOME).applies(added(TEA)).then_refused(RULE)


def test_a_rule_that_reads_several_streams_gets_them_by_position() -> None:
    streams = [list_stream(list_id=HOME), list_stream(list_id=WORK)]
    done = completed(MILK)
    given(SAMPLE, [added(TEA, WORK)]).when(OnBoth, streams).applies(done).then(done)
    given(SAMPLE).when(OnBoth, streams).applies(done).then_refused(
        "What is on no list cannot be done."
    )


def test_a_fold_arrives_at_its_state() -> None:
    events = [added(MILK), completed(MILK), added(TEA, WORK), added(EGGS)]
    expected = OpenState(items=[MILK, EGGS])
    given(SAMPLE, events).folded_by(OpenItems, list_id=HOME).then(expected)


def test_an_asynchronous_rule_is_awaited() -> None:
    async def decide() -> None:
        one = async_given(SAMPLE, [added(MILK)]).when(AsyncAtMostTwo, list_id=HOME)
        await one.applies(added(TEA)).then(added(TEA))
        two = async_given(SAMPLE, [added(MILK)]).when(AsyncAtMostTwo, list_id=HOME)
        await two.applies(added(EGGS), added(TEA)).then_refused(RULE)

    asyncio.run(decide())


def test_the_log_of_a_client_goes_on() -> None:
    client = InMemoryEventClient(SAMPLE)
    client.save_event(added(MILK))
    rule = given(client, [added(EGGS)]).when(AtMostTwo, list_id=HOME)
    rule.applies(added(TEA)).then_refused(RULE)
    assert client.count(list_stream(list_id=HOME)) == 2


def test_a_failure_reads_as_the_test_does() -> None:
    rule = given(SAMPLE, [added(MILK), added(EGGS)]).when(AtMostTwo, list_id=HOME)
    with pytest.raises(AssertionError) as caught:
        rule.applies(added(TEA)).then(added(TEA))
    assert str(caught.value).splitlines() == [
        f"   given {added(MILK)!r}",
        f"         {added(EGGS)!r}",
        "    when AtMostTwo(list_id='home')",
        f" applies {added(TEA)!r}",
        f"    then {added(TEA)!r}",
        f"     but it is refused: {RULE}",
    ]


def test_another_outcome_than_the_expected_one_is_a_failure() -> None:
    rule = given(SAMPLE).when(AtMostTwo, list_id=HOME)
    with pytest.raises(AssertionError, match="but it is refused"):
        rule.applies(added(MILK), added(EGGS), added(TEA)).then_refused("Not today.")
    for expected in ([], [added(TEA)], [added(MILK), added(MILK)]):
        again = given(SAMPLE).when(AtMostTwo, list_id=HOME)
        with pytest.raises(AssertionError, match=re.escape(f"but {added(MILK)!r}")):
            again.applies(added(MILK)).then(*expected)
    with pytest.raises(AssertionError, match="then it is refused: Never"):
        given(SAMPLE).when(AtMostTwo, list_id=HOME).applies(added(MILK)).then_refused("Never")
    with pytest.raises(AssertionError, match="but OpenState"):
        given(SAMPLE).folded_by(OpenItems, list_id=HOME).then(OpenState(items=[MILK]))
