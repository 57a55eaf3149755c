"""A projector: states that keep up with the log by themselves, each event folded in once."""

from random import Random
from string import ascii_letters
from typing import ClassVar

import pytest
from psycopg import connect
from psycopg.sql import SQL

from database.journals import (
    Everything,
    Journal,
    Journals,
    Parking,
    Poisoned,
    Retrying,
    Revised,
    SecondVersion,
    Texts,
    Urgent,
)
from storyline import (
    AsyncAdministration,
    AsyncEventClient,
    AsyncProjector,
    Event,
    Park,
    ProjectionNotBuiltError,
    ProjectionOnDemandError,
    ProjectionStoppedError,
    Recorded,
    SavedProjection,
    State,
    Stop,
)
from storyline.poison import OnError
from storyline.projecting.shards import SHARDS, shard_of
from storyline.statements import Statement
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    TEA,
    WORK,
    ItemAdded,
    ItemId,
    ListId,
    Measured,
    added,
    completed,
)


def poison(list_id: ListId = HOME) -> ItemAdded:
    return ItemAdded(list_id=list_id, item_id=ItemId("x"), title="poison")


async def caught_up(client: AsyncEventClient, *projections: type[Journals]) -> None:
    await AsyncProjector(client, projections).run_until_caught_up()


async def journals(
    client: AsyncEventClient, projection: type[Journals] = Journals
) -> dict[str, list[int]]:
    found = await client.query_projections(projection)
    return {each.id: each.state.ids for each in found}


async def order(client: AsyncEventClient, wanted: str) -> None:
    """What the command line writes."""
    text = SQL("update sample.parked_events set wanted = %s where skipped_at is null returning id")
    await client.log.fetch(Statement(text, (wanted,)))


async def test_states_follow_the_log(client: AsyncEventClient) -> None:
    await client.save_events([added(MILK), added(TEA, WORK), added(EGGS)])
    await caught_up(client, Journals)
    assert await client.query_projections(Journals) == (
        SavedProjection("journal", "home", 1, 3, Journal(ids=[1, 3])),
        SavedProjection("journal", "work", 1, 2, Journal(ids=[2])),
    )
    await client.save_events([completed(MILK), added(MILK, ListId("cellar"))])
    await caught_up(client, Journals)
    assert await journals(client) == {"home": [1, 3, 4], "work": [2], "cellar": [5]}


async def test_several_projections_share_one_pass(client: AsyncEventClient) -> None:
    high = ItemAdded(list_id=HOME, item_id=EGGS, title="Eggs", priority="high")
    lists: list[Event] = [added(MILK), high, added(TEA, WORK)]
    await client.save_events([*lists, Measured(texts=["a", "b", "a"]), Measured(texts=["b"])])
    await client.save_events([Measured(texts=[])])
    await caught_up(client, Journals, Everything, Texts, Urgent)
    assert await journals(client) == {"home": [1, 2], "work": [3]}
    assert await journals(client, Everything) == {"": [1, 2, 3]}
    assert await journals(client, Texts) == {"a": [4], "b": [4, 5]}
    assert await journals(client, Urgent) == {"home": [2]}


async def test_a_projection_that_is_computed_on_demand_has_no_projector(
    client: AsyncEventClient,
) -> None:
    class OnDemand(Journals):
        reads = None

    with pytest.raises(ProjectionOnDemandError):
        AsyncProjector(client, [OnDemand])


async def test_a_version_that_no_projector_has_begun_has_no_states_yet(
    client: AsyncEventClient,
) -> None:
    """New code reads before its projector is started: to find nothing would be a lie."""
    await client.save_event(added(MILK))
    await caught_up(client, Journals)
    with pytest.raises(ProjectionNotBuiltError):
        await client.query_projections(SecondVersion)
    with pytest.raises(ProjectionNotBuiltError):
        await client.count_projections(SecondVersion)


async def test_states_are_not_found_before_they_are_built(client: AsyncEventClient) -> None:
    await client.save_events([poison(), added(TEA, WORK)])
    assert await journals(client) == {}
    with pytest.raises(ProjectionStoppedError):
        await caught_up(client, Poisoned)
    with pytest.raises(ProjectionNotBuiltError) as caught:
        await journals(client)
    assert (caught.value.projection_type, caught.value.version) == ("journal", 1)
    assert await client.get_projection("journal", "work", Journal) is None


async def test_what_a_projector_keeps_is_not_saved_by_hand(client: AsyncEventClient) -> None:
    by_hand = SavedProjection("journal", "home", 1, 1, Journal(ids=[99]))
    assert await client.save_projection(by_hand)
    assert await journals(client) == {"home": [99]}
    await client.save_event(added(MILK))
    await caught_up(client, Journals)
    assert await journals(client) == {"home": [1]}
    newer = by_hand._replace(latest_event_id=7)
    assert not await client.save_projection(newer)
    assert not await client.force_update_projection(newer)
    assert not await client.conditional_update_projection(newer)
    assert await journals(client) == {"home": [1]}


async def test_versions_stand_side_by_side(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Journals)
    await caught_up(client, SecondVersion)
    await client.save_event(added(EGGS))
    await caught_up(client, Journals)
    assert await journals(client) == {"home": [1, 2]}
    assert await journals(client, SecondVersion) == {"home": [1]}


async def test_a_revised_fold_is_built_beside_the_old_one_and_takes_its_place(
    client: AsyncEventClient,
) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Journals)
    await client.save_event(added(EGGS))
    await caught_up(client, Revised)
    assert await journals(client) == {"home": [1, 1, 2, 2]}
    await client.save_event(added(TEA))
    await caught_up(client, Journals)
    assert await journals(client) == {"home": [1, 1, 2, 2]}


async def test_a_projection_stands_still_before_an_event_that_it_cannot_fold(
    client: AsyncEventClient,
) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Poisoned, Everything)
    await client.save_events([added(EGGS), poison(), added(TEA)])
    with pytest.raises(ProjectionStoppedError, match="PoisonError") as caught:
        await caught_up(client, Poisoned, Everything)
    assert (caught.value.projection_type, caught.value.event_id) == ("journal", 3)
    assert await journals(client) == {"home": [1, 2]}
    assert await journals(client, Everything) == {"": [1, 2, 3, 4]}
    await caught_up(client, Journals)
    assert await journals(client) == {"home": [1, 2, 3, 4]}


async def test_a_retrying_projection_stands_still_in_the_end(client: AsyncEventClient) -> None:
    await client.save_event(poison())
    with pytest.raises(ProjectionStoppedError):
        await caught_up(client, Retrying)


async def test_a_passing_failure_is_got_over(client: AsyncEventClient) -> None:
    class PassingFailure(Retrying):
        def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
            failures.append(event.id)
            return super().on_event(state, event) if len(failures) < 3 else Journal(ids=failures)

    failures: list[int] = []
    await client.save_event(poison())
    await caught_up(client, PassingFailure)
    assert await journals(client) == {"home": [1, 1, 1]}


async def test_a_parked_state_holds_nobody_up(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Parking)
    await client.save_events([added(EGGS), poison(), added(TEA), added(TEA, WORK)])
    await caught_up(client, Parking)
    assert await journals(client) == {"home": [1, 2], "work": [5]}
    await client.save_events([added(MILK), added(MILK, WORK)])
    await caught_up(client, Parking)
    assert await journals(client) == {"home": [1, 2], "work": [5, 7]}


async def test_a_parked_state_catches_up_with_mended_code(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Parking)
    await client.save_events([poison(), added(TEA), poison()])
    await caught_up(client, Parking)
    await order(client, "retry")
    await caught_up(client, Parking)
    assert await journals(client) == {"home": [1]}
    await order(client, "retry")
    await caught_up(client, Journals)
    assert await journals(client) == {"home": [1, 2, 3, 4]}
    await client.save_event(added(EGGS))
    await caught_up(client, Journals)
    assert await journals(client) == {"home": [1, 2, 3, 4, 5]}


async def test_a_parked_event_is_skipped_on_demand(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Parking)
    await client.save_events([poison(), added(TEA), poison(), added(EGGS)])
    await caught_up(client, Parking)
    for expected in ([1, 3], [1, 3, 5]):
        await order(client, "skip")
        await caught_up(client, Parking)
        assert await journals(client) == {"home": expected}


async def test_what_is_being_built_is_not_active_while_an_event_is_parked(
    client: AsyncEventClient,
) -> None:
    await client.save_events([poison(), added(TEA, WORK)])
    with pytest.raises(ProjectionStoppedError):
        await caught_up(client, Parking)
    await order(client, "skip")
    await caught_up(client, Parking)
    assert await journals(client) == {"home": [], "work": [2]}


async def test_an_event_after_which_a_state_cannot_be_written_is_poison_too(
    client: AsyncEventClient,
) -> None:
    class Unwritable(Parking):
        def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
            after = super(Poisoned, self).on_event(state, event)
            return after.model_copy(update={"ids": [b"\xff"]}) if event.id == 3 else after

    await client.save_event(added(MILK))
    await caught_up(client, Unwritable)
    await client.save_events([added(EGGS), added(TEA), added(TEA, WORK), added(MILK)])
    await caught_up(client, Unwritable)
    assert await journals(client) == {"home": [1, 2], "work": [4]}
    await order(client, "skip")
    await caught_up(client, Unwritable)
    assert await journals(client) == {"home": [1, 2, 5], "work": [4]}


def test_two_classes_of_one_projection_are_not_run_together(client: AsyncEventClient) -> None:
    with pytest.raises(ValueError, match="Journals and Parking are one projection, `journal`"):
        AsyncProjector(client, [Journals, Parking])


def test_a_projector_needs_a_projection(client: AsyncEventClient) -> None:
    with pytest.raises(ValueError, match="needs a projection"):
        AsyncProjector(client, [])


async def test_an_event_that_cannot_be_read_is_poison_too(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    await caught_up(client, Parking)
    bad = "insert into sample.events (id, type, data) values (2, 'ITEM_ADDED', %s) returning id"
    await client.log.fetch(Statement(SQL(bad), ('{"list_id": "home"}',)))
    head = SQL("update sample.heads set last_id = 2 returning last_id")
    await client.log.fetch(Statement(head))
    await client.save_events([added(TEA, WORK), added(TEA)])
    await caught_up(client, Parking)
    assert await journals(client) == {"home": [1], "work": [3]}


class Noted(Journal, frozen=True):
    note: str = ""


class Noting(Journals):
    """Notes of an item with the title "poison" more than an index takes."""

    on_error: ClassVar[OnError] = Park()
    state_class: ClassVar[type[State]] = Noted

    def initial_state(self) -> Noted:
        return Noted()

    def on_event(self, state: Journal, event: Recorded[Event]) -> Noted:
        assert isinstance(state, Noted)
        is_long = isinstance(event.data, ItemAdded) and event.data.title == "poison"
        long = "".join(Random(event.id).choices(ascii_letters, k=9000)) if is_long else ""
        return Noted(ids=[*state.ids, event.id], note=state.note + long)


class NotingOrStopping(Noting):
    on_error: ClassVar[OnError] = Stop()


def index_notes(dsn: str) -> None:
    with connect(dsn) as connection:
        connection.execute("create index on sample.projections ((data->>'note'))")


async def test_a_state_that_no_index_takes_is_parked_and_holds_nobody_up(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    index_notes(sample_dsn)
    others = [added(MILK, ListId(f"list {n}")) for n in range(40)]
    await client.save_event(added(MILK))
    await caught_up(client, Noting, Everything)
    await client.save_events([*others, poison(), added(TEA), added(TEA, WORK), poison(WORK)])
    await client.save_events(others)
    await caught_up(client, Noting, Everything)
    noted = await journals(client, Noting)
    assert (noted.pop("home"), noted.pop("work")) == ([1], [44])
    assert noted == {f"list {n}": [n + 2, n + 46] for n in range(40)}
    assert await journals(client, Everything) == {"": list(range(1, 86))}
    failures = await AsyncAdministration(client).failures()
    assert [(each.event_id, each.fate) for each in failures] == [(42, "parked"), (45, "parked")]
    assert all("index row" in (each.error or "") for each in failures)


async def test_a_parked_state_that_no_index_takes_goes_on_without_the_event_only(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    index_notes(sample_dsn)
    await client.save_event(added(MILK))
    await caught_up(client, Noting)
    await client.save_events([poison(), added(TEA), poison(), added(EGGS)])
    await caught_up(client, Noting)
    await order(client, "retry")
    await caught_up(client, Noting)
    assert await journals(client, Noting) == {"home": [1]}
    (failure,) = await AsyncAdministration(client).failures()
    assert (failure.event_id, failure.attempts) == (2, 2)
    for expected in ([1, 3], [1, 3, 5]):
        await order(client, "skip")
        await caught_up(client, Noting)
        assert await journals(client, Noting) == {"home": expected}


async def test_a_state_that_no_index_takes_stops_its_shard_alone(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    index_notes(sample_dsn)
    await client.save_event(added(MILK))
    await caught_up(client, NotingOrStopping, Everything)
    await client.save_events([added(EGGS), poison(), added(TEA), added(TEA, WORK)])
    with pytest.raises(ProjectionStoppedError, match="index row") as caught:
        await caught_up(client, NotingOrStopping, Everything)
    assert caught.value.event_id == 3
    assert await journals(client, NotingOrStopping) == {"home": [1, 2], "work": [5]}
    assert await journals(client, Everything) == {"": [1, 2, 3, 4, 5]}


async def test_a_state_beside_the_one_that_fails_folds_their_event_once(
    client: AsyncEventClient,
) -> None:
    class Failing(Texts):
        def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
            if self.text == beside:  # type: ignore[attr-defined]
                raise ValueError("not this text")
            return super().on_event(state, event)

    beside = next(f"b{n}" for n in range(999) if shard_of(f"b{n}", SHARDS) == shard_of("a", SHARDS))
    await client.save_event(Measured(texts=["a", beside]))
    with pytest.raises(ProjectionStoppedError):
        await caught_up(client, Failing)
    await caught_up(client, Texts)
    assert await journals(client, Texts) == {"a": [1], beside: [1]}
