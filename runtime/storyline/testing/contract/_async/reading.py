"""Streams: which events come, and in which order."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from storyline import (
    AsyncEventClient,
    ConflictError,
    LostEventError,
    OutOfRangeError,
    Query,
    QueryItem,
    Recorded,
    exists,
    gte,
    in_,
    lt,
    neq,
)
from storyline.operators import Operator
from storyline.testing.contract.story import (
    EGGS,
    FIELDS,
    HOME,
    LISTS,
    MILK,
    TEA,
    WORK,
    ItemAdded,
    ItemCompleted,
    ItemId,
    ListCreated,
    ListEvent,
    Measured,
    added,
    completed,
    list_stream,
    one_item,
)
from storyline.testing.contract.suite import AsyncSuite

LOG: Sequence[ListEvent] = (
    ListCreated(list_id=HOME, name="Home"),
    added(MILK, priority="high"),
    added(TEA, WORK),
    ItemAdded(list_id=HOME, item_id=EGGS, title="Eggs", due_on=date(2026, 11, 23)),
    completed(MILK),
    completed(TEA, WORK),
)


def ids(events: Sequence[Recorded[Any]]) -> list[int]:
    return [event.id for event in events]


PRICES = [Decimal("1.5")]


MEASURED = (
    Measured(text="a", whole=2, real=0.5, price=Decimal("1.50"), flag=True, texts=["x", "y"]),
    Measured(text="b", whole=10, real=1.5, price=Decimal("10"), flag=False, wholes=frozenset({7})),
    Measured(
        text="C", whole=-1, price=Decimal("2"), prices=[Decimal("1.5")], flags=[True], texts=[]
    ),
    Measured(),
)


class AsyncReading(AsyncSuite):
    """Streams: which events come, and in which order."""

    async def test_a_stream_is_read_in_the_order_of_the_log(self, client: AsyncEventClient) -> None:
        await client.save_events(LOG)
        stream = await client.get_event_stream(list_stream(list_id=HOME))
        assert ids(stream) == [1, 2, 4, 5]
        assert [event.data for event in stream] == [LOG[0], LOG[1], LOG[3], LOG[4]]

    async def test_a_stream_can_start_after_an_id_and_be_limited(
        self, client: AsyncEventClient
    ) -> None:
        await client.save_events(LOG)
        home = list_stream(list_id=HOME)
        assert ids(await client.get_event_stream(home, after_id=2)) == [4, 5]
        assert ids(await client.get_event_stream(home, limit=2)) == [1, 2]
        assert ids(await client.get_event_stream(home, after_id=1, limit=2)) == [2, 4]
        assert ids(await client.get_event_stream(home, after_id=99)) == []

    async def test_a_stream_can_be_read_as_it_was(self, client: AsyncEventClient) -> None:
        await client.save_events(LOG)
        home = list_stream(list_id=HOME)
        assert ids(await client.get_event_stream(home, up_to_id=4)) == [1, 2, 4]
        assert ids(await client.get_event_stream(home, up_to_id=3, after_id=1)) == [2]
        pages = client.iter_event_stream(home, up_to_id=4, page_size=2)
        assert [event.id async for event in pages] == [1, 2, 4]

    async def test_a_stream_can_be_read_backwards(self, client: AsyncEventClient) -> None:
        await client.save_events(LOG)
        home = list_stream(list_id=HOME)
        assert ids(await client.get_event_stream(home, latest_first=True)) == [5, 4, 2, 1]
        assert ids(await client.get_event_stream(home, latest_first=True, limit=2)) == [5, 4]
        assert ids(await client.get_event_stream(home, latest_first=True, up_to_id=4, limit=2)) == [
            4,
            2,
        ]
        both = [home, one_item(item_id=TEA)]
        assert ids(await client.get_event_streams(both, latest_first=True, limit=3)) == [6, 5, 4]

    async def test_the_latest_events_with_an_element_are_found_however_old_they_are(
        self, client: AsyncEventClient
    ) -> None:
        """Fewer of the log's end than are asked for, then the older ones; or all of its end."""
        seven, others = Measured(wholes=frozenset({7})), [Measured(wholes=frozenset({8}))]
        with_seven = Query[Measured](
            QueryItem(["MEASURED"], LISTS["wholes"].asked(Operator.CONTAINS, 7))
        )
        await client.save_events([seven, seven, *others * 1500, seven])
        latest = await client.get_latest_event(with_seven)
        assert latest is not None
        assert latest.id == 1503
        for limit, found in ((1, [1503]), (2, [1503, 2]), (9, [1503, 2, 1])):
            events = await client.get_event_stream(with_seven, latest_first=True, limit=limit)
            assert ids(events) == found
        older = await client.get_event_stream(
            with_seven, after_id=1, up_to_id=1502, latest_first=True, limit=9
        )
        assert ids(older) == [2]

    async def test_matching_events_are_counted_each_once(self, client: AsyncEventClient) -> None:
        await client.save_events(LOG)
        home = list_stream(list_id=HOME)
        assert await client.count(home) == 4
        assert await client.count(home | one_item(item_id=MILK) | one_item(item_id=TEA)) == 6
        assert await client.count(home, after_id=1, up_to_id=4) == 2
        assert await client.count(Query[ItemAdded]()) == 0

    @pytest.mark.parametrize("number", [0, -1, 2**63])
    async def test_a_limit_that_lets_nothing_through_or_is_none_is_refused(
        self, client: AsyncEventClient, number: int
    ) -> None:
        home = list_stream(list_id=HOME)
        with pytest.raises(OutOfRangeError) as caught:
            await client.get_event_stream(home, limit=number)
        assert (caught.value.name, caught.value.value) == ("limit", number)
        with pytest.raises(OutOfRangeError, match="page_size"):
            client.iter_event_stream(home, page_size=number)

    @pytest.mark.parametrize("number", [-1, 2**63])
    async def test_what_cannot_be_the_id_of_an_event_is_refused_by_its_name(
        self, client: AsyncEventClient, number: int
    ) -> None:
        home = list_stream(list_id=HOME)
        with pytest.raises(OutOfRangeError) as caught:
            await client.get_event_stream(home, after_id=number)
        assert (caught.value.name, caught.value.value) == ("after_id", number)
        with pytest.raises(OutOfRangeError, match="up_to_id"):
            await client.get_event_streams([home], up_to_id=number)
        with pytest.raises(OutOfRangeError, match="after_id"):
            client.iter_event_stream(home, after_id=number)
        with pytest.raises(OutOfRangeError, match="up_to_id"):
            await client.count(home, up_to_id=number)
        with pytest.raises(OutOfRangeError, match="after_id"):
            await client.get_history(home, after_id=number)
        with pytest.raises(OutOfRangeError, match="latest_event_id"):
            await client.save_event_with_stream_validation(
                added(MILK), streams=[home], latest_event_id=number
            )

    async def test_ten_thousand_events_are_saved_and_read_in_one_call_each(
        self,
        client: AsyncEventClient,
    ) -> None:
        saved = await client.save_events([added(ItemId(str(number))) for number in range(10_000)])
        assert ids(saved) == list(range(1, 10_001))
        assert await client.get_event_stream(list_stream(list_id=HOME)) == saved

    async def test_an_empty_stream_is_empty(self, client: AsyncEventClient) -> None:
        assert list(await client.get_event_stream(list_stream(list_id=HOME))) == []
        assert await client.get_latest_event(list_stream(list_id=HOME)) is None
        assert list(await client.get_event_stream(Query[ItemAdded]())) == []

    async def test_streams_are_merged_in_order_and_without_duplicates(
        self, client: AsyncEventClient
    ) -> None:
        await client.save_events(LOG)
        both = [one_item(item_id=MILK), list_stream(list_id=HOME), one_item(item_id=TEA)]
        assert ids(await client.get_event_streams(both)) == [1, 2, 3, 4, 5, 6]
        assert ids(await client.get_event_streams(both, after_id=2, limit=3)) == [3, 4, 5]
        either = list_stream(list_id=HOME) | one_item(item_id=MILK)
        assert ids(await client.get_event_stream(either)) == [1, 2, 4, 5]
        latest = await client.get_latest_event(either)
        assert latest is not None
        assert latest.id == 5

    async def test_a_stream_is_read_page_by_page(self, client: AsyncEventClient) -> None:
        await client.save_events(LOG)
        pages = client.iter_event_stream(list_stream(list_id=HOME), page_size=3)
        assert [event.id async for event in pages] == [1, 2, 4, 5]
        later = client.iter_event_stream(list_stream(list_id=HOME), after_id=4)
        assert [event.id async for event in later] == [5]

    async def test_a_reader_says_by_its_moment_after_which_event_it_goes_on(
        self,
        client: AsyncEventClient,
    ) -> None:
        recorded = await client.save_events(LOG)
        home = list_stream(list_id=HOME)
        at = recorded[2].created_at
        another = at + timedelta(microseconds=1)
        assert ids(await client.get_event_stream(home, after_id=3, after_at=at)) == [4, 5]
        assert ids(await client.get_event_stream(home, after_id=3, after_at=at, limit=1)) == [4]
        both = [home, one_item(item_id=TEA)]
        assert ids(await client.get_event_streams(both, after_id=3, after_at=at)) == [4, 5, 6]
        pages = client.iter_event_stream(home, after_id=3, after_at=at, page_size=1)
        assert [event.id async for event in pages] == [4, 5]
        history = await client.get_history(home, after_id=3, after_at=at)
        assert (ids(history.events), history.latest_event_id) == ([4, 5], 6)
        for lost_id, moment in ((3, another), (7, at)):
            with pytest.raises(LostEventError):
                await client.get_event_stream(home, after_id=lost_id, after_at=moment)
            with pytest.raises(LostEventError):
                await client.get_history(home, after_id=lost_id, after_at=moment)

    async def test_only_some_types_of_a_stream_can_be_asked_for(
        self, client: AsyncEventClient
    ) -> None:
        await client.save_events(LOG)
        home = list_stream(list_id=HOME)
        completions: Query[ItemCompleted] = home.only(ItemCompleted)
        assert ids(await client.get_event_stream(completions)) == [5]
        assert ids(await client.get_event_stream(home.only("ITEM_ADDED", "LIST_CREATED"))) == [
            1,
            2,
            4,
        ]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            (ItemAdded.where(), [2, 3, 4]),
            (ItemAdded.where(list_id=HOME), [2, 4]),
            (ItemAdded.where(list_id=HOME, priority="high"), [2]),
            (ItemAdded.where(priority=in_(("low", "high"))), [2]),
            (ItemAdded.where(due_on=exists()), [4]),
            (ItemAdded.where(due_on=exists(False)), [2, 3]),
            (ItemAdded.where(due_on=neq(date(2026, 11, 23))), [2, 3]),
            (ItemAdded.where(due_on=gte(date(2026, 11, 1)) & lt(date(2026, 12, 1))), [4]),
            (ItemAdded.where(list_id=HOME, item_id=neq(MILK), due_on=lt(date(2027, 1, 1))), [4]),
        ],
    )
    async def test_conditions_can_be_asked_ad_hoc(
        self, client: AsyncEventClient, query: Query[ItemAdded], expected: list[int]
    ) -> None:
        await client.save_events(LOG)
        assert ids(await client.get_event_stream(query)) == expected
        latest = await client.get_latest_event(query)
        assert latest is not None
        assert latest.id == expected[-1]

    @pytest.mark.parametrize(
        ("name", "operator", "operand", "expected"),
        [
            ("text", "eq", "a", [1]),
            ("text", "neq", "a", [2, 3, 4]),
            ("text", "in", ["a", "C"], [1, 3]),
            ("text", "nin", ["a", "C"], [2, 4]),
            ("text", "gt", "a", [2]),
            ("text", "gte", "a", [1, 2]),
            ("text", "lt", "a", [3]),
            ("text", "lte", "a", [1, 3]),
            ("text", "exists", True, [1, 2, 3]),
            ("text", "exists", False, [4]),
            ("whole", "eq", 10, [2]),
            ("whole", "neq", 10, [1, 3, 4]),
            ("whole", "in", [10, 2], [1, 2]),
            ("whole", "nin", [10, 2], [3, 4]),
            ("whole", "gt", 2, [2]),
            ("whole", "gte", 2, [1, 2]),
            ("whole", "lt", 2, [3]),
            ("whole", "lte", 2, [1, 3]),
            ("real", "eq", 0.5, [1]),
            ("real", "gt", 0.5, [2]),
            ("real", "in", [0.5, 1.5], [1, 2]),
            ("price", "eq", Decimal("1.5"), [1]),
            ("price", "neq", Decimal("1.5"), [2, 3, 4]),
            ("price", "in", [Decimal("10.0"), 2], [2, 3]),
            ("price", "nin", [Decimal("10.0"), 2], [1, 4]),
            ("price", "gt", Decimal("1.50"), [2, 3]),
            ("price", "lte", Decimal("2.0"), [1, 3]),
            ("flag", "eq", True, [1]),
            ("flag", "neq", True, [2, 3, 4]),
            ("flag", "in", [True, False], [1, 2]),
            ("flag", "nin", [False], [1, 3, 4]),
            ("flag", "exists", False, [3, 4]),
            ("texts", "contains", "y", [1]),
            ("texts", "exists", True, [1, 3]),
            ("wholes", "contains", 7, [2]),
            ("prices", "contains", Decimal("1.50"), [3]),
            ("flags", "contains", True, [3]),
            ("flags", "contains", False, []),
        ],
    )
    async def test_every_operator_selects_events_and_guards_appends(
        self,
        client: AsyncEventClient,
        name: str,
        operator: str,
        operand: object,
        expected: list[int],
    ) -> None:
        await client.save_events(MEASURED)
        field = FIELDS.get(name) or LISTS[name]
        query = Query[Measured](QueryItem(["MEASURED"], field.asked(Operator(operator), operand)))
        assert ids(await client.get_event_stream(query)) == expected
        latest = await client.get_latest_event(query)
        assert ids([latest] if latest else []) == expected[-1:]
        last_id = expected[-1] if expected else 0
        if expected:
            with pytest.raises(ConflictError) as caught:
                await client.save_event_with_stream_validation(
                    added(MILK), streams=[query], latest_event_id=last_id - 1
                )
            assert ids(caught.value.events) == [last_id]
        saved = await client.save_event_with_stream_validation(
            added(MILK), streams=[query], latest_event_id=last_id
        )
        assert saved.id == 5
