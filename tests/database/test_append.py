"""The procedure `append`: order, conditions, and the answers that a client builds upon."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from database.log_client import Condition, Log, event, matching

MILK = '$."item_id" == $v0'


def test_events_get_ids_without_a_gap_and_one_moment_for_a_batch(log: Log) -> None:
    first = log.append(event(item_id="milk"), event(item_id="tea"))
    second = log.append(event(item_id="rum"))
    assert (first.last_id, second.last_id) == (2, 3)
    assert log.ids() == [1, 2, 3]
    moments = [moment for (moment,) in log.rows("select created_at from shop.events order by id")]
    assert moments == [first.recorded_at, first.recorded_at, second.recorded_at]


def test_a_batch_keeps_its_order(log: Log) -> None:
    log.append(*(event(number=number) for number in range(5_000)))
    numbers = log.rows("select (data->>'number')::int from shop.events order by id")
    assert numbers == [(number,) for number in range(5_000)]


def test_an_append_is_refused_when_a_newer_event_matches(log: Log) -> None:
    log.append(event(item_id="milk"))
    answer = log.append(event(), unless=matching("ITEM_ADDED", path=MILK, v0="milk"))
    assert (answer.last_id, answer.checked_id) == (None, 1)
    assert answer.conflicts is not None
    (conflict,) = answer.conflicts
    assert (conflict["id"], conflict["type"], conflict["version"]) == (1, "ITEM_ADDED", 1)
    assert (conflict["data"], conflict["metadata"]) == ({"item_id": "milk"}, {})
    stored = log.rows("select created_at from shop.events")[0][0]
    assert answer.recorded_at == stored
    assert conflict["created_at"] == f"{stored.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def test_a_refused_append_uses_no_id(log: Log) -> None:
    log.append(event())
    log.append(event(), event(), unless=matching("ITEM_ADDED"))
    assert log.append(event()).last_id == 2
    assert log.ids() == [1, 2]


@pytest.mark.parametrize(
    "unless",
    [
        matching("ITEM_REMOVED"),
        matching("ITEM_ADDED", path=MILK, v0="tea"),
        matching("ITEM_ADDED", path='!($."item_id" == $v0)', v0="milk"),
    ],
)
def test_an_append_is_accepted_when_nothing_newer_matches(log: Log, unless: Condition) -> None:
    log.append(event(item_id="milk"))
    assert log.append(event(), unless=unless).last_id == 2


def test_an_event_that_the_decision_has_seen_is_no_conflict(log: Log) -> None:
    seen = log.append(event()).last_id
    assert seen is not None
    assert log.append(event(), unless=matching("ITEM_ADDED"), after_id=seen).last_id == 2


def test_any_type_of_a_condition_may_match(log: Log) -> None:
    log.append(event("ITEM_ADDED"), event("NOTE_TAKEN"), event("ITEM_REMOVED"))
    answer = log.append(event(), unless=matching("NOTE_TAKEN", "ITEM_REMOVED"))
    assert answer.conflicts is not None
    assert [conflict["id"] for conflict in answer.conflicts] == [2, 3]


def test_a_path_can_ask_for_the_type(log: Log) -> None:
    log.append(*(event(type, n=n) for type in ("ITEM_ADDED", "NOTE_TAKEN") for n in range(2)))
    path = '($type == "ITEM_ADDED" && $.n == 1) || ($type == "NOTE_TAKEN" && $.n == 0)'
    answer = log.append(event(), unless=matching("ITEM_ADDED", "NOTE_TAKEN", path=path, type=None))
    assert answer.conflicts is not None
    assert [conflict["id"] for conflict in answer.conflicts] == [2, 3]


def test_a_condition_without_types_matches_nothing(log: Log) -> None:
    log.append(event())
    assert log.append(event(), unless=matching()).last_id == 2


def test_an_event_that_a_path_cannot_judge_is_left_to_the_client(log: Log) -> None:
    log.append(event("NOTE_TAKEN", stars="many"))
    answer = log.append(event(), unless=matching("NOTE_TAKEN", path='$."stars" > $v0', v0=1))
    assert answer.conflicts is not None


def test_a_long_tail_is_left_to_the_client(log: Log) -> None:
    log.append(*(event("NOTE_TAKEN") for _ in range(1_001)))
    answer = log.append(event(), unless=matching("ITEM_ADDED"))
    assert (answer.last_id, answer.checked_id, answer.conflicts) == (None, 1_001, None)
    assert log.append(event(), unless=matching("ITEM_ADDED"), after_id=1).last_id == 1_002


def test_large_conflicts_are_left_to_the_client(log: Log) -> None:
    """A JSON value holds 256 MB at most: collecting more would fail the append."""
    noise = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(150_000))
    for _ in range(3):
        log.append(event(text=noise))
    answer = log.append(event(), unless=matching("ITEM_ADDED"))
    assert (answer.last_id, answer.checked_id, answer.conflicts) == (None, 3, None)
    answer = log.append(event(), unless=matching("ITEM_ADDED"), after_id=2)
    assert answer.conflicts is not None
    assert len(answer.conflicts) == 1
    assert log.append(event(), unless=matching("NOTE_TAKEN")).last_id == 4


def test_the_clock_of_the_log_never_runs_backwards_nor_stands_still(log: Log) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    log.connection.execute("update shop.heads set recorded_at = %s", (ahead,))
    moments = [log.append(event()).recorded_at for _ in range(20)]
    assert all(moment is not None for moment in moments)
    assert moments == sorted(moments)  # type: ignore[type-var]
    assert ahead < moments[-1] < ahead + timedelta(seconds=1)  # type: ignore[operator]
    assert len(set(moments)) > 10


@pytest.mark.parametrize("newer", [0, 1, 1_001])
def test_a_decision_on_an_event_that_is_not_there_any_more_is_refused(log: Log, newer: int) -> None:
    """Behind a long tail the client finds it out, who has to read anew what is newer."""
    seen = log.append(event())
    if newer:
        log.append(*(event("NOTE_TAKEN") for _ in range(newer)))
    unless = matching("ITEM_REMOVED")
    assert seen.recorded_at is not None
    another = seen.recorded_at + timedelta(microseconds=1)
    answer = log.append(event(), unless=unless, after_id=1, after_at=another)
    too_many = 1 + newer if newer > 1_000 else None
    assert (answer.last_id, answer.checked_id, answer.conflicts) == (None, too_many, None)
    answer = log.append(event(), unless=unless, after_id=1, after_at=seen.recorded_at)
    assert answer.last_id == (None if too_many else 2 + newer)
    assert answer.checked_id == too_many


def test_a_decision_on_an_event_after_the_last_is_refused(log: Log) -> None:
    log.append(event())
    answer = log.append(event(), unless=matching("ITEM_REMOVED"), after_id=2)
    assert (answer.last_id, answer.checked_id) == (None, None)
    assert log.append(event()).last_id == 2


def test_after_a_refusal_the_last_event_is_known_as_before(log: Log) -> None:
    first = log.append(event())
    log.append(event(), unless=matching("ITEM_ADDED"))
    again = log.append(
        event(), unless=matching("ITEM_ADDED"), after_id=1, after_at=first.recorded_at
    )
    assert again.last_id == 2


def test_a_writer_waits_for_one_that_has_not_committed(
    log: Log, new_log: Callable[[], Log]
) -> None:
    with new_log().connection as other, other.transaction():
        other.execute("select shop.append_in_transaction('', '', '', '{}')")
        log.connection.execute("set lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            log.append(event())


def test_an_append_in_a_transaction_of_the_callers_is_undone_with_it(log: Log) -> None:
    with log.connection.transaction(force_rollback=True):
        log.connection.execute("select shop.append_in_transaction('NOTE_TAKEN', '1', '{}', '{}')")
        assert log.ids() == [1]
    assert log.ids() == []
    assert log.append(event()).last_id == 1


def test_the_procedure_refuses_to_run_inside_a_transaction(log: Log) -> None:
    with (
        pytest.raises(psycopg.errors.InvalidTransactionTermination),
        log.connection.transaction(),
    ):
        log.append(event())
    assert log.ids() == []


def test_a_caller_who_hides_the_systems_operators_changes_nothing(log: Log) -> None:
    log.append(event())
    log.connection.execute(
        "create function public.never(bigint, bigint) returns boolean language sql"
        " as 'select false'"
    )
    log.connection.execute(
        "create operator public.> (leftarg = bigint, rightarg = bigint, function = public.never)"
    )
    log.connection.execute("set search_path = public, pg_catalog")
    assert log.append(event(), unless=matching("ITEM_ADDED")).conflicts is not None
