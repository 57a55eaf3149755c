"""The law of all clients: PostgreSQL and memory answer every call alike, whatever the story.

`STORYLINE_MODEL_EXAMPLES` makes the run longer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from pydantic import JsonValue

from database.clients.random_stories import (
    event_specs,
    queries,
    release,
)
from storyline import (
    ConflictError,
    Event,
    EventClient,
    LostEventError,
    Number,
    Query,
    QueryItem,
    Recorded,
    SavedProjection,
    State,
    StateOrder,
    StateQuery,
    StorylineError,
    Text,
)
from storyline.folds import History
from storyline.projections import ProjectionFold
from storyline.testing import InMemoryEventClient

EXAMPLES = int(os.environ.get("STORYLINE_MODEL_EXAMPLES", "12"))

EMPTY = """
alter table sample.events disable trigger events_are_facts;
truncate sample.events, sample.commands, sample.projections;
alter table sample.events enable always trigger events_are_facts;
update sample.heads set last_id = 0, recorded_at = '-infinity'
"""


class Counted(State, frozen=True):
    name: str | None = None
    number: int | None = None


class Counts(ProjectionFold[Counted, Any]):
    projection_type = "counts"
    state_class = Counted
    handlers = {}

    def initial_state(self) -> Counted:
        return Counted()


STATES = st.builds(
    SavedProjection,
    st.just("counts"),
    st.sampled_from("abc"),
    st.integers(1, 2),
    st.integers(1, 4),
    st.builds(
        Counted,
        name=st.none() | st.sampled_from(["", "x", "y"]),
        number=st.none() | st.integers(0, 2),
    ),
)
NUMBER, NAME = Number("number"), Text("name")
STATE_QUERIES = st.sampled_from(
    [
        StateQuery[Any](),
        StateQuery[Any](NUMBER.gte(1)),
        StateQuery[Any](NAME.neq("x")),
        StateQuery[Any](NAME.exists(False)),
    ]
)
LIMITS = st.none() | st.integers(1, 3)
STATE_ORDERS: st.SearchStrategy[StateOrder[Any]] = st.builds(
    StateOrder, st.sampled_from([None, NUMBER, NAME]), st.booleans()
)


def outcome(call: Callable[[EventClient, int], Any], client: EventClient, place: int) -> Any:
    try:
        return call(client, place)
    except StorylineError as error:
        return error


def plain(value: Any) -> Any:
    """Without the moment, which is each log's own."""
    match value:
        case Recorded(id, stored_type, data, _, metadata):
            return id, stored_type, data, dict(metadata)
        case ConflictError():
            return "conflict", plain(value.events), value.latest_event_id
        case LostEventError():
            return "lost", value.event_id
        case StorylineError():
            return type(value).__name__, str(value)
        case History(events, seen):
            return plain(events), seen.id
        case SavedProjection():
            return tuple(value)
        case tuple() | list():
            return [plain(each) for each in value]
        case _:
            return value


class Clients(RuleBasedStateMachine):
    """Each call goes to both. Two releases of the story write; today's reads."""

    connection: psycopg.Connection[Any]
    """No pool, whose threads would spoil what hypothesis can repeat."""

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.connection.execute(EMPTY)
        self.events = data.draw(event_specs())
        self.releases = [release(self.events, today=today) for today in (True, False)]
        log = InMemoryEventClient(self.releases[0].story).log
        self.clients = [
            (EventClient(each.story, self.connection), EventClient(each.story, log))
            for each in self.releases
        ]
        self.commands: list[str] = []
        self.moments: list[Sequence[Any]] = []
        for is_today in (True, False):
            several = st.lists(self.an_event(is_today), min_size=8, max_size=8)
            self.append_all(data.draw(several), is_today)

    @rule(data=st.data(), is_today=st.booleans(), command=st.sampled_from(["", "new", "old"]))
    def append(self, data: st.DataObject, is_today: bool, command: str) -> None:
        self.append_all(self.some_events(data, is_today), is_today, self.command(data, command))

    @rule(data=st.data(), command=st.sampled_from(["", "", "new", "old"]))
    def append_on_condition(self, data: st.DataObject, command: str) -> None:
        events = self.some_events(data, is_today=True)
        streams = [data.draw(queries(self.events))]
        seen = data.draw(st.integers(0, len(self.moments) + 1))
        moments = self.moments_of(seen) if data.draw(st.booleans()) else (None, None)
        id = self.command(data, command)
        self.saved(
            lambda client, place: client.save_events_with_stream_validation(
                events,
                streams=streams,
                latest_event_id=seen,
                latest_event_at=moments[place],
                command_id=id,
            )
        )

    @rule(data=st.data(), latest_first=st.booleans(), knows_moment=st.booleans())
    def read(self, data: st.DataObject, latest_first: bool, knows_moment: bool) -> None:
        query = data.draw(queries(self.events))
        end = len(self.moments) + 1
        after_id, up_to_id = (
            data.draw(st.integers(0, end)),
            data.draw(st.none() | st.integers(0, end)),
        )
        limit = data.draw(st.none() | st.integers(1, 3))
        moments = self.moments_of(after_id) if knows_moment else (None, None)
        self.alike(
            lambda client, place: client.get_event_stream(
                query,
                after_id=after_id,
                after_at=moments[place],
                up_to_id=up_to_id,
                limit=limit,
                latest_first=latest_first,
            )
        )
        self.alike(
            lambda client, place: client.get_history(
                query, after_id=after_id, after_at=moments[place]
            )
        )
        self.alike(lambda client, _: client.count(query, after_id=after_id, up_to_id=up_to_id))
        self.alike(lambda client, _: client.get_latest_event(query))

    @rule(data=st.data())
    def match_row_by_row(self, data: st.DataObject) -> None:
        """What PostgreSQL finds is what `Query.matches` says of every event that it holds."""
        everything = Query[Any](QueryItem(self.releases[0].story.events))
        client, _ = self.clients[0]
        log = client.get_event_stream(everything)
        for query in data.draw(st.lists(queries(self.events), min_size=4, max_size=4)):
            assert client.get_event_stream(query) == tuple(filter(query.matches, log))

    @rule(saved=STATES, way=st.sampled_from(["save", "force_update", "conditional_update"]))
    def save_state(self, saved: SavedProjection[Any], way: str) -> None:
        self.alike(lambda client, _: getattr(client, f"{way}_projection")(saved))
        self.alike(
            lambda client, _: client.get_projection(
                saved.type, saved.id, Counted, version=saved.version
            )
        )

    @rule(where=STATE_QUERIES, order=STATE_ORDERS, after=st.none() | STATES, limit=LIMITS)
    def find_states(
        self,
        where: StateQuery[Any],
        order: StateOrder[Any],
        after: SavedProjection[Any] | None,
        limit: int | None,
    ) -> None:
        self.alike(
            lambda client, _: client.query_projections(
                Counts, where, order_by=order, after=after, limit=limit
            )
        )
        self.alike(lambda client, _: client.count_projections(Counts, where))

    def alike(self, call: Callable[[EventClient, int], Any], *, is_today: bool = True) -> Any:
        """What both say, the database's answer first."""
        clients = self.clients[0 if is_today else 1]
        answers = [outcome(call, client, place) for place, client in enumerate(clients)]
        assert plain(answers[0]) == plain(answers[1])
        return answers

    def saved(self, call: Callable[[EventClient, int], Any], *, is_today: bool = True) -> None:
        answers = self.alike(call, is_today=is_today)
        if isinstance(answers[0], tuple) and answers[0][-1].id > len(self.moments):
            self.moments += [
                [recorded.created_at for recorded in pair] for pair in zip(*answers, strict=True)
            ]

    def append_all(
        self, events: Sequence[Event], is_today: bool, command_id: str | None = None
    ) -> None:
        metadata: dict[str, JsonValue] | None = {"n": [1.5, None, "é"]} if command_id else None
        self.saved(
            lambda client, _: client.save_events(events, metadata=metadata, command_id=command_id),
            is_today=is_today,
        )

    def some_events(self, data: st.DataObject, is_today: bool) -> Sequence[Event]:
        return data.draw(st.lists(self.an_event(is_today), min_size=1, max_size=4))

    def an_event(self, is_today: bool) -> st.SearchStrategy[Event]:
        classes = self.releases[0 if is_today else 1].classes
        return st.one_of(
            *(st.builds(classes[each.type], **each.values(is_today)) for each in self.events)
        )

    def command(self, data: st.DataObject, which: str) -> str | None:
        if which == "old" and self.commands:
            return data.draw(st.sampled_from(self.commands))
        if which == "new":
            self.commands.append(f"command {len(self.commands)}")
            return self.commands[-1]
        return None

    def moments_of(self, id: int) -> Sequence[Any]:
        """None where there is none: then a client does not ask."""
        return self.moments[id - 1] if 0 < id <= len(self.moments) else (None, None)


def test_postgresql_and_memory_answer_alike(storyline_contract_dsn: str) -> None:
    with psycopg.connect(storyline_contract_dsn, autocommit=True) as opened:

        class OnDatabase(Clients):
            connection = opened

        run_state_machine_as_test(
            OnDatabase,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=10,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            ),
        )
