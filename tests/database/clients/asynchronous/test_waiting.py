"""Reading one's own writes: waiting for a projector, or folding what it has not yet seen."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.sql import SQL

from database.journals import Journal, Journals, Parking, Poisoned, Retrying, SecondVersion, Texts
from storyline import (
    AsyncEventClient,
    AsyncProjector,
    AsyncSingleStreamProjection,
    Event,
    ListOf,
    OutOfRangeError,
    Park,
    ProjectionBehindError,
    ProjectionNotRunError,
    ProjectionOnDemandError,
    ProjectionStoppedError,
    Query,
    QueryItem,
    Recorded,
    SavedProjection,
    StateKey,
    Text,
    UnwritableError,
)
from storyline.projecting.shards import shard_of
from storyline.questions import Question
from storyline.rows import Row
from storyline.statements import Statement
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    LIST_EVENTS,
    MILK,
    TEA,
    WORK,
    ItemAdded,
    ItemId,
    ListEvent,
    Measured,
    added,
    list_stream,
)

POISON = ItemAdded(list_id=HOME, item_id=ItemId("x"), title="poison")


async def caught_up(client: AsyncEventClient, *projections: type[Journals]) -> None:
    await AsyncProjector(client, projections).run_until_caught_up()


async def execute(client: AsyncEventClient, text: SQL) -> None:
    await client.log.fetch(Statement(text))


async def lease_all(client: AsyncEventClient) -> None:
    """To a process that does nothing."""
    await execute(
        client,
        SQL(
            "update sample.projection_shards set owner = 'x',"
            " expires_at = clock_timestamp() + interval '1 hour' returning 1"
        ),
    )


async def test_who_waits_sees_the_event(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Journals)
    await client.wait_for(Journals, 1, timeout=0)
    await client.wait_for(Journals, 1, key=HOME, timeout=0)


async def test_a_projector_that_is_too_slow_is_told_with_how_far_it_is(
    client: AsyncEventClient,
) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Journals)
    await lease_all(client)
    await client.save_event(added(EGGS))
    with pytest.raises(ProjectionBehindError) as caught:
        await client.wait_for(Journals, 2, timeout=0.1)
    error = caught.value
    assert (error.projection_type, error.version, error.event_id) == ("journal", 1, 2)
    assert (error.position, error.seconds) == (1, 0.1)


async def test_states_that_are_still_being_built_are_not_seen_yet(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Journals)
    await lease_all(client)
    await execute(
        client, SQL("update sample.projection_builds set status = 'building' returning 1")
    )
    with pytest.raises(ProjectionBehindError) as caught:
        await client.wait_for(Journals, 1, timeout=0.05)
    assert caught.value.position == 0


async def test_a_projection_that_nobody_runs_is_told(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    with pytest.raises(ProjectionNotRunError):
        await client.wait_for(Journals, 1, timeout=3600)
    await caught_up(client, Journals)
    await client.save_event(added(MILK))
    with pytest.raises(ProjectionNotRunError):
        await client.wait_for(Journals, 2, timeout=0.05)
    with pytest.raises(ProjectionNotRunError) as caught:
        await client.wait_for(SecondVersion, 1, timeout=3600)
    assert (caught.value.projection_type, caught.value.version) == ("journal", 2)


@pytest.mark.parametrize("number", [-1, 2**63])
async def test_what_cannot_be_an_event_is_not_waited_for(
    client: AsyncEventClient, number: int
) -> None:
    with pytest.raises(OutOfRangeError, match="`event_id`"):
        await client.wait_for(Journals, number)


async def test_what_is_computed_on_demand_is_not_waited_for(client: AsyncEventClient) -> None:
    class OnDemand(Journals):
        reads = None

    with pytest.raises(ProjectionOnDemandError):
        await client.wait_for(OnDemand, 1)


async def test_an_event_in_the_way_is_told_at_once(client: AsyncEventClient) -> None:
    await client.save_events([added(MILK), POISON, added(TEA, WORK)])
    assert shard_of(HOME, 8) != shard_of(WORK, 8)
    await caught_up(client, Journals)
    await execute(
        client,
        SQL(
            "update sample.projection_shards set position = 1, failed_event_id = 2, error = 'no'"
            " where shard = get_byte(sha256('home'), 0) %% 8 returning 1"
        ),
    )
    for key in (None, HOME):
        with pytest.raises(ProjectionStoppedError) as caught:
            await client.wait_for(Journals, 3, key=key, timeout=3600)
        assert (caught.value.event_id, caught.value.reason) == (2, "no")
    await client.wait_for(Journals, 3, key=WORK, timeout=0)
    await client.wait_for(Journals, 1, key=HOME, timeout=0)


async def test_what_may_yet_be_folded_is_waited_for(client: AsyncEventClient) -> None:
    await client.save_events([added(MILK), POISON])
    with pytest.raises(ProjectionStoppedError):
        await caught_up(client, Retrying)
    await lease_all(client)
    with pytest.raises(ProjectionBehindError):
        await client.wait_for(Retrying, 2, timeout=0.05)
    with pytest.raises(ProjectionStoppedError):
        await client.wait_for(Poisoned, 2, timeout=3600)


async def test_a_parked_state_is_told_and_others_are_seen(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Parking)
    await client.save_events([POISON, added(EGGS), added(TEA, WORK)])
    await caught_up(client, Parking)
    for key in (None, HOME):
        with pytest.raises(ProjectionStoppedError) as caught:
            await client.wait_for(Parking, 3, key=key, timeout=3600)
        assert caught.value.event_id == 2
        await client.wait_for(Parking, 1, key=key, timeout=0)
    await client.wait_for(Parking, 4, key=WORK, timeout=0)


class ByUuid(Texts):
    """Cannot fold the second event."""

    on_error = Park()
    state_key = StateKey("text", UUID, {"MEASURED": ListOf(Text("texts"))})

    def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
        if event.id == 2:
            raise ValueError("never")
        return super().on_event(state, event)


async def test_a_key_is_waited_for_however_it_is_spelt(client: AsyncEventClient) -> None:
    key = uuid4()
    await client.save_event(Measured(texts=[str(key)]))
    await caught_up(client, ByUuid)
    await client.save_event(Measured(texts=[str(key)]))
    await caught_up(client, ByUuid)
    for spelt in (key, str(key), str(key).upper(), key.hex, f"{{{key}}}"):
        with pytest.raises(ProjectionStoppedError):
            await client.wait_for(ByUuid, 2, key=spelt, timeout=0)
    with pytest.raises(ValueError, match="UUID"):
        await client.wait_for(ByUuid, 2, key="nonsense", timeout=0)
    for impossible in ("\0", "\ud800"):
        with pytest.raises(UnwritableError, match="`text`"):
            await client.wait_for(Texts, 2, key=impossible, timeout=0)


class Reader(AsyncSingleStreamProjection[Journal, ListEvent]):
    projection_type = "journal"
    state_class = Journal
    handlers = Journals.handlers

    def initial_state(self) -> Journal:
        return Journal()

    def on_event(self, state: Journal, event: Recorded[ListEvent]) -> Journal:
        return Journal(ids=[*state.ids, event.id])


class ReaderByUuid(Reader):
    projection_type = "texts"
    state_key = ByUuid.state_key


async def test_a_reader_finds_the_saved_state_however_its_key_is_spelt(
    client: AsyncEventClient,
) -> None:
    key, measured = uuid4(), Query[Any](QueryItem(["MEASURED"]))
    await client.save_event(Measured(texts=[str(key)]))
    await client.save_projection(SavedProjection("texts", str(key), 1, 1, Journal(ids=[7])))
    reader = ReaderByUuid(client, measured, id=str(key).upper(), load_existing=True)
    assert await reader.state() == Journal(ids=[7])


async def resumption(client: AsyncEventClient, id: str) -> tuple[Journal | None, int]:
    saved, after_id = await client.get_resumption("journal", id, Journal)
    return (saved.state if saved else None), after_id


async def test_a_reader_goes_on_where_the_projector_is(client: AsyncEventClient) -> None:
    """And not where the state's own last event is, which may be long ago."""
    assert await resumption(client, "home") == (None, 0)
    await client.save_events([added(MILK), added(TEA, WORK), added(EGGS, WORK)])
    await client.save_projection(SavedProjection("journal", "home", 1, 1, Journal(ids=[1])))
    assert await resumption(client, "home") == (Journal(ids=[1]), 1)
    await caught_up(client, Journals)
    assert await resumption(client, "home") == (Journal(ids=[1]), 3)
    assert await resumption(client, "cellar") == (None, 3)
    every: Query[ListEvent] = Query(QueryItem(LIST_EVENTS))
    reader = Reader(client, every, id="home", load_existing=True)
    assert await reader.state() == Journal(ids=[1]), "what the projector has seen is not read again"
    await client.save_event(added(EGGS))
    await reader.refresh()
    assert await reader.state() == Journal(ids=[1, 4])


async def test_a_reader_of_a_parked_state_goes_on_before_the_event(
    client: AsyncEventClient,
) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Parking)
    await client.save_events([POISON, added(EGGS)])
    await caught_up(client, Parking)
    assert await resumption(client, "home") == (Journal(ids=[1]), 1)
    assert await resumption(client, "work") == (None, 3)
    reader = Reader(client, list_stream(list_id=HOME), id="home", load_existing=True)
    assert await reader.state() == Journal(ids=[1, 2, 3])


@pytest.mark.parametrize("method", ["query_projections", "count_projections"])
async def test_states_that_are_built_while_they_are_looked_for_are_found(
    client: AsyncEventClient, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """There were none yet; and when it was asked whether they are built, they were."""
    await client.save_event(added(MILK))
    await caught_up(client, Journals)

    async def answer_early(question: Question) -> list[Row]:
        monkeypatch.undo()
        found = await client.log.answer(question)
        await caught_up(client, SecondVersion)
        return found

    monkeypatch.setattr(client.log, "answer", answer_early)
    assert await getattr(client, method)(SecondVersion)
