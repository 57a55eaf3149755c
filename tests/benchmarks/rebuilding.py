"""A rebuild by projectors against the loop that one would write by hand for one projection."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from statistics import median
from typing import Any, ClassVar, NamedTuple

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from storyline import (
    Event,
    EventClient,
    Projector,
    Query,
    QueryItem,
    Recorded,
    SingleStreamProjection,
    State,
    StateKey,
    Story,
    Text,
)
from todo_app.story.todo import TODO, ItemAdded, ItemCompleted, ItemId

TYPES = ("ITEM_ADDED", "ITEM_COMPLETED")
Work = Callable[[str], None]


class OpenItems(State, frozen=True):
    open: list[ItemId] = []
    done: int = 0

    def replace(self, **changes: object) -> OpenItems:
        return self._replaced(**changes)


class OpenItemsProjection(SingleStreamProjection[OpenItems, Any]):
    """As the generator would write it."""

    story: ClassVar[Story] = TODO
    projection_type: ClassVar[str] = "open_items"
    state_class: ClassVar[type[State]] = OpenItems
    reads: ClassVar[Query[Any] | None] = Query(QueryItem(TYPES))
    state_key: ClassVar[StateKey | None] = StateKey(
        "list_id", str, dict.fromkeys(TYPES, Text("list_id"))
    )
    handlers: ClassVar[Mapping[str, str]] = {
        "ITEM_ADDED": "on_item_added",
        "ITEM_COMPLETED": "on_item_completed",
    }

    def initial_state(self) -> OpenItems:
        return OpenItems()

    def on_item_added(self, state: OpenItems, event: Recorded[ItemAdded]) -> OpenItems:
        return state.replace(open=[*state.open, event.data.item_id])

    def on_item_completed(self, state: OpenItems, event: Recorded[ItemCompleted]) -> OpenItems:
        still_open = [item for item in state.open if item != event.data.item_id]
        return state.replace(open=still_open, done=state.done + 1)


def by_hand(dsn: str) -> None:
    """For this one projection, and for one process that nothing happens to."""
    classes: dict[str, type[Event]] = {"ITEM_ADDED": ItemAdded, "ITEM_COMPLETED": ItemCompleted}
    states: dict[str, OpenItems] = {}
    select = "select id, type, data::text from todo.events order by id"
    with psycopg.connect(dsn) as connection, connection.cursor("log") as rows:
        rows.itersize = 10_000
        for _id, type, data in rows.execute(select):
            event = classes[type].model_validate_json(data)
            state = states.get(event.list_id) or OpenItems()  # type: ignore[attr-defined]
            if isinstance(event, ItemAdded):
                state = state.replace(open=[*state.open, event.item_id])
            elif isinstance(event, ItemCompleted):
                still_open = [item for item in state.open if item != event.item_id]
                state = state.replace(open=still_open, done=state.done + 1)
            states[event.list_id] = state  # type: ignore[attr-defined]
        with connection.cursor().copy("copy by_hand (id, data) from stdin") as copy:
            for id, state in states.items():
                copy.write_row((id, state.model_dump_json()))


def by_hand_in_dictionaries(dsn: str) -> None:
    """The same with states that nobody else can see, so that they may be changed in place."""
    classes: dict[str, type[Event]] = {"ITEM_ADDED": ItemAdded, "ITEM_COMPLETED": ItemCompleted}
    states: dict[str, dict[str, Any]] = {}
    select = "select id, type, data::text from todo.events order by id"
    with psycopg.connect(dsn) as connection, connection.cursor("log") as rows:
        rows.itersize = 10_000
        for _id, type, data in rows.execute(select):
            event = classes[type].model_validate_json(data)
            state = states.setdefault(event.list_id, {"open": [], "done": 0})  # type: ignore[attr-defined]
            if isinstance(event, ItemAdded):
                state["open"].append(event.item_id)
            elif isinstance(event, ItemCompleted):
                state["open"].remove(event.item_id)
                state["done"] += 1
        with connection.cursor().copy("copy by_hand (id, data) from stdin") as copy:
            for id, state in states.items():
                copy.write_row((id, Jsonb(state)))


def projector(dsn: str) -> None:
    with EventClient(TODO, dsn) as client:
        Projector(client, [OpenItemsProjection]).run_until_caught_up()


def rebuild(dsn: str, events: int, states: int, rounds: int) -> None:
    fill(dsn, events, states)
    contenders: Mapping[str, tuple[Work, int]] = {
        "by hand": (by_hand, 1),
        "in dictionaries": (by_hand_in_dictionaries, 1),
        "1 process": (projector, 1),
        "2 processes": (projector, 2),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, (work, processes) in contenders.items():
            empty(dsn)
            seconds[name].append(max(cost.seconds for cost in run(dsn, work, processes)))
    print(f"rebuild of {events:,} events, {states:,} states")
    for name, times in seconds.items():
        ratio = median(a / b for a, b in zip(times, seconds["by hand"], strict=True))
        taken = median(times)
        print(f"  {name:<16} {ratio:5.2f}  ({taken:.1f} s, {events / taken:,.0f}/s)", flush=True)


def memory(dsn: str, events: int, states: int) -> None:
    for some_events, some_states in (
        (events // 10, states // 10),
        (events, states // 10),
        (events, states),
        (events, events),
    ):
        fill(dsn, some_events, some_states)
        empty(dsn)
        (cost,) = run(dsn, projector, 1)
        told = f"{some_events:>9,} events of {some_states:>9,} states"
        print(f"peak memory, {told}  {cost.memory:.0f} MiB", flush=True)


class Cost(NamedTuple):
    seconds: float
    memory: float
    """MiB at the peak."""


def run(dsn: str, work: Work, processes: int) -> list[Cost]:
    """Of each process; they begin together, when the last is ready."""
    context = get_context("spawn")
    ready, costs = context.Barrier(processes), context.Queue()
    workers = [
        context.Process(target=measure, args=(dsn, work, ready, costs)) for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    found: list[Cost] = [costs.get(timeout=600) for _ in workers]
    for worker in workers:
        worker.join()
    return found


def measure(dsn: str, work: Work, ready: Any, costs: Any) -> None:
    TODO.reader("ITEM_ADDED")
    ready.wait()
    began = time.perf_counter()
    work(dsn)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    costs.put(Cost(time.perf_counter() - began, peak))


def fill(dsn: str, events: int, states: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(_LOG.format(events=events, states=states))
        connection.execute("vacuum analyze todo.events")


def empty(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(_NO_STATES)
        connection.execute("checkpoint")


_LOG = sql.SQL("""
    alter table todo.events disable trigger all;
    truncate todo.events;
    alter table todo.events enable always trigger events_are_facts;
    insert into todo.events (id, type, data)
    select n + 1, case when is_added then 'ITEM_ADDED' else 'ITEM_COMPLETED' end,
        jsonb_strip_nulls(jsonb_build_object(
            'list_id', 'list-' || (n / 2) * 7919 % {states},
            'item_id', 'item-' || n / 2,
            'title', case when is_added then 'Milk and honey' end
        ))
    from generate_series(0::bigint, {events} - 1) as n,
        lateral (select n % 2 = 0) as kind (is_added);
    update todo.heads set last_id = {events};
""")

_NO_STATES = """
    truncate todo.projections, todo.projection_builds, todo.projection_shards, todo.projectors;
    drop table if exists by_hand;
    create table by_hand (id text primary key, data jsonb not null);
"""
