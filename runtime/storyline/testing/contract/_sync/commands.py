# Made by runtime/make_sync.py; edit runtime/storyline/testing/contract/_async/commands.py
"""Appends under the id of a command: done once, however often they are asked for."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import pytest

from storyline import (
    CommandReusedError,
    ConflictError,
    Event,
    EventClient,
    Recorded,
    RefusedError,
    SingleStreamValidator,
    UnwritableError,
    bound_metadata,
)
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    TEA,
    WORK,
    ItemAdded,
    ListEvent,
    Measured,
    added,
    completed,
    list_stream,
)
from storyline.testing.contract.suite import Suite

STREAM = list_stream(list_id=HOME)


class Once(SingleStreamValidator[ListEvent, ItemAdded]):
    """Nothing is added to a list that has something."""

    def is_valid(self) -> bool:
        return not self.reduce_only_db_events(ids, [])


class Explained(SingleStreamValidator[ListEvent, ItemAdded]):
    def is_valid(self) -> bool:
        if self.reduce_only_db_events(ids, []):
            raise RefusedError("It has something.")
        return True


def ids(before: list[int], event: Recorded[ListEvent]) -> list[int]:
    return [*before, event.id]


class Commands(Suite):
    """Appends under the id of a command: done once, however often they are asked for."""

    def test_a_repeated_command_returns_what_it_did_first(self, client: EventClient) -> None:
        with bound_metadata(correlation_id="first"):
            first = client.save_events([added(MILK), added(EGGS)], command_id="c1")
        client.save_event(added(TEA))
        with bound_metadata(correlation_id="second"):
            again = client.save_events([added(MILK), added(EGGS)], command_id="c1")
        assert again == first
        assert [event.metadata.correlation_id for event in again] == ["first", "first"]
        assert (client.save_event(added(TEA), command_id="c2")).id == 4

    def test_one_command_may_be_named_by_its_uuid_or_by_the_text_of_it(
        self,
        client: EventClient,
    ) -> None:
        id = UUID("7b1e0b52-6f2a-4f0e-9d38-0d2f8a1c5e11")
        first = client.save_event(added(MILK), command_id=id)
        assert client.save_event(added(MILK), command_id=str(id)) == first

    @pytest.mark.parametrize(
        "others",
        [
            [added(EGGS)],
            [completed(MILK)],
            [added(MILK), added(MILK)],
            [added(MILK, priority="high")],
        ],
    )
    def test_a_command_cannot_do_something_else_under_the_same_id(
        self, client: EventClient, others: Sequence[ListEvent]
    ) -> None:
        client.save_event(added(TEA, WORK))
        client.save_event(added(MILK), command_id="c1")
        with pytest.raises(CommandReusedError) as caught:
            client.save_events(others, command_id="c1")
        error = caught.value
        assert (error.command_id, error.first_id, error.last_id) == ("c1", 2, 2)
        assert (client.save_event(added(TEA))).id == 3

    def test_a_repeated_command_does_not_conflict_with_itself(self, client: EventClient) -> None:
        first = client.save_event_with_stream_validation(
            added(MILK), streams=[STREAM], latest_event_id=0, command_id="c1"
        )
        again = client.save_event_with_stream_validation(
            added(MILK), streams=[STREAM], latest_event_id=0, command_id="c1"
        )
        assert again == first
        with pytest.raises(ConflictError):
            client.save_event_with_stream_validation(
                added(MILK), streams=[STREAM], latest_event_id=0, command_id="c2"
            )
        assert (client.save_event(added(EGGS), command_id="c2")).id == 2

    @pytest.mark.parametrize("validator", [Once, Explained])
    def test_a_repeated_decision_is_not_refused_for_what_it_did_itself(
        self, client: EventClient, validator: type[Once | Explained]
    ) -> None:
        first = validator(client, STREAM).apply(added(MILK)).save(command_id="c1")
        again = validator(client, STREAM).apply(added(MILK))
        assert again.save(command_id="c1") == first
        assert again.applied_events == ()
        assert again.reduce_events(ids, []) == [1]
        with pytest.raises(CommandReusedError):
            validator(client, STREAM).apply(added(EGGS)).save(command_id="c1")
        with pytest.raises(RefusedError):
            validator(client, STREAM).apply(added(MILK)).save(command_id="c2")
        with pytest.raises(RefusedError):
            validator(client, STREAM).apply(added(MILK)).save()

    def test_a_decision_that_reads_before_its_repetition_is_done_folds_each_event_once(
        self,
        client: EventClient,
    ) -> None:
        waiting = Once(client, STREAM).apply(added(MILK))
        assert waiting.is_valid()
        first = Once(client, STREAM).apply(added(MILK)).save(command_id="c1")
        client.save_event(added(EGGS))
        assert waiting.save(command_id="c1") == first
        assert waiting.reduce_events(ids, []) == [1, 2]

    def test_how_a_number_is_written_is_no_difference(self, client: EventClient) -> None:
        first = client.save_event(Measured(price=Decimal("1.0")), command_id="c1")
        again = client.save_event(Measured(price=Decimal("1.00")), command_id="c1")
        assert again.id == first.id
        with pytest.raises(CommandReusedError):
            client.save_event(Measured(price=Decimal("1.01")), command_id="c1")

    def test_how_a_mapping_is_ordered_is_no_difference(self, client: EventClient) -> None:
        first = client.save_event(Measured(wholes=frozenset({1, 300, 7})), command_id="c1")
        again = client.save_event(Measured(wholes=frozenset({300, 7, 1})), command_id="c1")
        assert again.id == first.id

    @pytest.mark.parametrize("id", ["", "x" * 201, "a\0b", "\ud800", "line\nbreak"])
    def test_an_id_that_cannot_be_kept_is_refused(self, client: EventClient, id: str) -> None:
        with pytest.raises(UnwritableError) as caught:
            client.save_event(added(MILK), command_id=id)
        assert caught.value.type == "command_id"

    def test_an_id_may_hold_whatever_can_be_printed(self, client: EventClient) -> None:
        for id in ("x" * 200, "'; drop table events", "größe %s", "\\", "🥚"):
            event: Event = added(MILK)
            first = client.save_event(event, command_id=id)
            assert client.save_event(event, command_id=id) == first
