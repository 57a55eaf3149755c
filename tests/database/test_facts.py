"""Events are facts: the table refuses to forget and to change them."""

import psycopg
import pytest

from database.log_client import Log, event


@pytest.mark.parametrize(
    "change",
    [
        "update shop.events set type = 'NOTE_TAKEN'",
        "update shop.events set type = 'NOTE_TAKEN' where false",
        "delete from shop.events",
        "truncate shop.events",
        "insert into shop.events (id, type, data) values (1, 'A', '{}')"
        " on conflict (id) do update set data = '{}'",
        "set session_replication_role = replica; delete from shop.events",
    ],
)
def test_a_change_is_refused(log: Log, change: str) -> None:
    log.append(event("ITEM_ADDED", item_id="milk"))
    with pytest.raises(psycopg.Error) as refused:
        log.connection.execute(change.encode())
    assert refused.value.sqlstate == "SL002"
    assert log.rows("select type, data from shop.events") == [("ITEM_ADDED", {"item_id": "milk"})]


@pytest.mark.parametrize("data", ["[]", "null", "1"])
def test_data_that_are_no_object_are_refused(log: Log, data: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        log.connection.execute(
            "insert into shop.events (id, type, data) values (1, 'A', %s)", (data,)
        )
