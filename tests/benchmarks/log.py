"""`./dev bench log`: how fast the log is, as ratios to hand-written psycopg in the same run.

On a server of its own. Rounds of the contenders alternate, since machines drift; what is told is
the median of the rounds, and of the ratios of each round.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg import sql

from storyline import EventClient, Query, QueryItem
from storyline.embedded import start, stop
from storyline.migrations import migrate_up
from todo_app.open_items import open_items
from todo_app.story.todo import TODO, ItemAdded, ItemId, ListEvent, ListId
from todo_app.validators.todo.add_item import AddItemValidator

MIGRATIONS = Path(__file__).resolve().parents[2] / "examples/todo/migrations"
EVENTS = 100_000
LISTS = EVENTS // 10
"""Ten events a list: every command reads ten."""
BATCH = 10_000

Operation = Callable[[], object]
Contender = Callable[[str, int], Operation]
"""DSN and the number of the worker → what the worker repeats."""


# Hand-written: what psycopg alone can do, with neither order nor condition where it says so.


def plain_insert(dsn: str, worker: int) -> Operation:
    connection = psycopg.connect(dsn, autocommit=True)
    data = f'{{"list_id": "list-{worker}", "item_id": "i", "title": "Milk"}}'
    insert = (
        "insert into plain (type, data) values ('ITEM_ADDED', %s::jsonb) returning id, created_at"
    )
    return lambda: connection.execute(insert, (data,)).fetchone()


def plain_command(dsn: str, worker: int) -> Operation:
    """Reads a list, folds it as dictionaries, inserts if nothing newer is there: it can race."""
    connection = psycopg.connect(dsn, autocommit=True)
    numbers = iter(range(worker * LISTS // 8, LISTS))

    def command() -> None:
        list_id = f"list-{next(numbers)}"
        rows = connection.execute(
            "select id, type, data from plain"
            " where (data->>'list_id') collate \"C\" = %s order by id",
            (list_id,),
        ).fetchall()
        assert len(rows) == 10
        connection.execute(
            "insert into plain (type, data) select 'ITEM_ADDED', %s::jsonb where not exists ("
            "select from plain where id > %s and (data->>'list_id') collate \"C\" = %s)",
            (f'{{"list_id": "{list_id}", "item_id": "new", "title": "New"}}', rows[-1][0], list_id),
        )

    return command


def plain_copy(dsn: str, worker: int) -> Operation:
    connection = psycopg.connect(dsn, autocommit=True)
    data = '{"list_id": "batch", "item_id": "i", "title": "Milk", "priority": "normal"}'

    def copy() -> None:
        with connection.cursor().copy("copy plain (type, data) from stdin") as rows:
            for _ in range(BATCH):
                rows.write_row(("ITEM_ADDED", data))

    return copy


def plain_fetch(dsn: str, worker: int) -> Operation:
    """The same rows as text, thrown away."""
    connection = psycopg.connect(dsn, autocommit=True)
    select = "select id, type, data::text, metadata::text, created_at from todo.events order by id"
    return lambda: connection.execute(select).fetchall()


# Storyline: typed events, total order, durable when acknowledged.


def append(dsn: str, worker: int) -> Operation:
    client, event = EventClient(TODO, dsn), added(ListId(f"list-{worker}"))
    return lambda: client.save_event(event)


def command(dsn: str, worker: int) -> Operation:
    client = EventClient(TODO, dsn)
    numbers = iter(range(worker * LISTS // 8, LISTS))

    def decide() -> None:
        list_id = ListId(f"list-{next(numbers)}")
        AddItemValidator(client, list_id=list_id).apply(added(list_id)).save(retries=5)

    return decide


def batch(dsn: str, worker: int) -> Operation:
    client = EventClient(TODO, dsn)
    events = [added(ListId("batch")) for _ in range(BATCH)]
    return lambda: client.save_events(events)


def read(dsn: str, worker: int) -> Operation:
    client = EventClient(TODO, dsn)
    return lambda: client.get_event_stream(EVERYTHING)


def fold(dsn: str, worker: int) -> Operation:
    """Paged, so that memory stays bounded however long the log is."""
    client = EventClient(TODO, dsn)
    return lambda: reduce(open_items, client.iter_event_stream(EVERYTHING), frozenset[ItemId]())


EVERYTHING: Query[ListEvent] = Query(
    QueryItem(("ITEM_ADDED", "ITEM_COMPLETED", "ITEM_MARKED_INCOMPLETE", "ITEM_REMOVED"))
)


def added(list_id: ListId, item_id: str = "new") -> ItemAdded:
    return ItemAdded(list_id=list_id, item_id=ItemId(item_id), title="Milk")


@dataclass(frozen=True)
class Scenario:
    """Contenders do the same work; the first is the limit that the others are measured against."""

    title: str
    contenders: Mapping[str, Contender]
    processes: int
    operations: int = 1
    """How many of what the title counts one call does."""


def scenarios() -> Iterator[Scenario]:
    for processes in (1, 8):
        yield Scenario("append one event", {"plain": plain_insert, "ours": append}, processes)
    for processes in (1, 8):
        yield Scenario("command", {"plain": plain_command, "ours": command}, processes)
    yield Scenario(f"append {BATCH:,} at once", {"copy": plain_copy, "ours": batch}, 1, BATCH)
    yield Scenario("read the log", {"text": plain_fetch, "ours": read}, 1, EVENTS)
    yield Scenario("fold the log", {"text": plain_fetch, "ours": fold}, 1, EVENTS)


def measured(dsn: str, scenario: Scenario, rounds: int, seconds: float) -> dict[str, list[float]]:
    """Operations a second of every contender, round by round, in turn."""
    rates: dict[str, list[float]] = {name: [] for name in scenario.contenders}
    for _ in range(rounds):
        for name, contender in scenario.contenders.items():
            prepare(dsn)
            rate = rate_of(dsn, contender, scenario.processes, seconds)
            rates[name].append(rate * scenario.operations)
    return rates


def rate_of(dsn: str, contender: Contender, processes: int, seconds: float) -> float:
    """All workers begin together, when the last of them is ready; each tells its own rate."""
    context = multiprocessing.get_context("spawn")
    ready, rates = context.Barrier(processes), context.Queue()
    workers = [
        context.Process(target=work, args=(dsn, contender, number, seconds, ready, rates))
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    total = sum(rates.get(timeout=60 + 10 * seconds) for _ in workers)
    for worker in workers:
        worker.join()
    return float(total)


def work(
    dsn: str, contender: Contender, number: int, seconds: float, ready: Any, rates: Any
) -> None:
    operation = contender(dsn, number)
    operation()
    ready.wait()
    begin, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - begin) < seconds or count < 2:
        operation()
        count += 1
    rates.put(count / spent)


def prepare(dsn: str) -> None:
    """A fresh log of the same events for every round, in our tables and in a plain one."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(FRESH)
        connection.execute("vacuum analyze todo.events, plain")
        connection.execute("checkpoint")


FRESH = sql.SQL("""
    alter table todo.events disable trigger all;
    truncate todo.events;
    alter table todo.events enable always trigger events_are_facts;
    insert into todo.events (id, type, data)
    select n + 1,
        case when n < {events} / 2 then 'ITEM_ADDED' else 'ITEM_COMPLETED' end,
        jsonb_strip_nulls(jsonb_build_object(
            'list_id', 'list-' || n % {lists},
            'item_id', 'item-' || n % ({events} / 2) / {lists},
            'title', case when n < {events} / 2 then 'Milk' end
        ))
    from generate_series(0, {events} - 1) as n;
    update todo.heads set last_id = {events};
    drop table if exists plain;
    create table plain (
        id bigint generated always as identity primary key,
        type text not null,
        data jsonb not null,
        created_at timestamptz not null default now()
    );
    insert into plain (type, data) select type, data from todo.events order by id;
    create index on plain (((data->>'list_id') collate "C"), id);
""").format(events=EVENTS, lists=LISTS)
"""Ten events a list, five items added and then completed."""


def report(scenario: Scenario, rates: Mapping[str, list[float]]) -> str:
    limit, *others = rates
    medians = {name: statistics.median(values) for name, values in rates.items()}
    told = ", ".join(f"{name} {median:,.0f}/s" for name, median in medians.items())
    ratios = ", ".join(
        f"{statistics.median(a / b for a, b in zip(rates[name], rates[limit], strict=True)):.2f}"
        for name in others
    )
    title = f"{scenario.title}, {scenario.processes} process{'es'[: 2 * (scenario.processes > 1)]}"
    return f"{title:<34} ratio {ratios}   ({told})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each contender in a round")
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="storyline-bench-") as folder:
        server = start(Path(folder))
        try:
            migrate_up(server.dsn, MIGRATIONS)
            for scenario in scenarios():
                rates = measured(server.dsn, scenario, chosen.rounds, chosen.seconds)
                print(report(scenario, rates), flush=True)
        finally:
            stop(Path(folder))


if __name__ == "__main__":
    main()
