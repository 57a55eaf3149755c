"""Domain values → statements with their parameters. Pure: somebody else executes them.

What comes from a schema or a caller is an identifier, a literal or a parameter, never plain text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import sql
from pydantic import JsonValue

from storyline.events import Event, write_json, write_metadata
from storyline.expressions import Parameters, Predicate, condition_predicate, item_predicate
from storyline.fields import Condition
from storyline.projections import SavedProjection
from storyline.queries import Query
from storyline.story import Story


class Statement(NamedTuple):
    text: sql.Composed
    parameters: Parameters = ()


class Slice(NamedTuple):
    """Which of the matching events: those with ids in `(after_id, up_to_id]`, or some of them."""

    after_id: int = 0
    up_to_id: int | None = None
    limit: int | None = None
    latest_first: bool = False


_EVENT = sql.SQL(
    "select id, type, version, data::text as data, metadata::text as metadata,"
    " created_at at time zone 'UTC' as created_at"
)

_NOTHING = Predicate(sql.SQL("false"), ())


def event_stream(story: Story, query: Query[Any], part: Slice) -> Statement:
    """Each item by its own index, in the order of ids; what several items find comes once."""
    predicates = [item_predicate(item) for item in query.items] or [_NOTHING]
    branches = [_branch(story, predicate, part) for predicate in predicates]
    if len(branches) == 1:
        return branches[0]
    found = sql.SQL(" union all ").join(sql.SQL("({})").format(branch.text) for branch in branches)
    text = sql.SQL("select distinct on (id) * from ({}) as found {}").format(found, _order(part))
    return Statement(text, tuple(value for branch in branches for value in branch.parameters))


def history(story: Story, query: Query[Any], after_id: int) -> Statement:
    """The stream; and last, as a row of its own, the id that the log's next event will get.

    One statement, so one snapshot. Whoever then appends has a short tail to check, however old the
    last event of the stream is.
    """
    stream = event_stream(story, query, Slice(after_id))
    text = sql.SQL(
        "select * from ({}) as stream union all "
        "select last_id + 1, null, null, null, null, null from {} where partition = '' order by id"
    ).format(stream.text, _table(story, "heads"))
    return Statement(text, stream.parameters)


def new_events(events: Sequence[Event], metadata: Mapping[str, JsonValue]) -> str:
    """The batch as one JSON text; the data of an event is serialised once."""
    common = write_metadata(metadata)
    rows = (
        f'{{"type": {json.dumps(event.__type__)}, "version": {event.__version__}, '
        f'"data": {write_json(event)}, "metadata": {common}}}'
        for event in events
    )
    return f"[{', '.join(rows)}]"


def append(story: Story, batch: str, condition: str | None, after_id: int) -> Statement:
    """Committed when it returns, in one round trip and with the shared flush. Needs autocommit."""
    text = sql.SQL("call {}(%s::jsonb, %s::jsonb, %s::bigint)").format(_table(story, "append"))
    return Statement(text, (batch, condition, after_id))


def append_in_transaction(
    story: Story, batch: str, condition: str | None, after_id: int
) -> Statement:
    """Committed with the transaction around it; in autocommit, by a flush of its own."""
    text = sql.SQL(
        "select last_id, checked_id, recorded_at, conflicts"
        " from {}(%s::jsonb, %s::jsonb, %s::bigint)"
    ).format(_table(story, "append_in_transaction"))
    return Statement(text, (batch, condition, after_id))


def save_projection(story: Story, saved: SavedProjection[Any]) -> Statement:
    """Returns a row if it was written: not over a newer state."""
    text = sql.SQL(
        "insert into {} as saved (type, id, version, latest_event_id, data)"
        " values (%s, %s, %s, %s, %s::jsonb)"
        " on conflict (type, id) do update set version = excluded.version,"
        " latest_event_id = excluded.latest_event_id, data = excluded.data,"
        " updated_at = clock_timestamp()"
        " where (saved.version, saved.latest_event_id)"
        " <= (excluded.version, excluded.latest_event_id)"
        " returning id"
    ).format(_table(story, "projections"))
    return Statement(text, (saved.type, saved.id, *_content(saved)))


def update_projection(story: Story, saved: SavedProjection[Any], older_only: bool) -> Statement:
    """Returns a row if there was one to update."""
    older = sql.SQL(" and (version, latest_event_id) < (%s, %s)") if older_only else sql.SQL("")
    text = sql.SQL(
        "update {} set version = %s, latest_event_id = %s, data = %s::jsonb,"
        " updated_at = clock_timestamp() where type = %s and id = %s{} returning id"
    ).format(_table(story, "projections"), older)
    version = (saved.version, saved.latest_event_id) if older_only else ()
    return Statement(text, (*_content(saved), saved.type, saved.id, *version))


def saved_projection(story: Story, type: str, version: int, id: str) -> Statement:
    """A state of another version is not found."""
    text = sql.SQL("{} and id = %s").format(_saved_states(story))
    return Statement(text, (type, version, id))


def saved_projections(
    story: Story, type: str, version: int, where: Sequence[Condition], limit: int | None
) -> Statement:
    """In the order of ids. States of another version are not found."""
    predicates = [condition_predicate(condition) for condition in where]
    tests = [sql.SQL(" and {}").format(predicate.text) for predicate in predicates]
    text = sql.SQL("{}{} order by id limit %s").format(_saved_states(story), sql.Composed(tests))
    values = tuple(value for predicate in predicates for value in predicate.parameters)
    return Statement(text, (type, version, *values, limit))


def _saved_states(story: Story) -> sql.Composed:
    return sql.SQL(
        "select type, id, version, latest_event_id, data::text from {}"
        " where type = %s and version = %s"
    ).format(_table(story, "projections"))


def _branch(story: Story, predicate: Predicate, part: Slice) -> Statement:
    up_to = sql.SQL("") if part.up_to_id is None else sql.SQL(" and id <= %s")
    text = sql.SQL("{} from {} where {} and id > %s{} {}").format(
        _EVENT, _table(story, "events"), predicate.text, up_to, _order(part)
    )
    ends = (part.after_id,) if part.up_to_id is None else (part.after_id, part.up_to_id)
    return Statement(text, (*predicate.parameters, *ends))


def _order(part: Slice) -> sql.Composed:
    order = sql.SQL("order by id desc" if part.latest_first else "order by id")
    limit = sql.SQL("") if part.limit is None else sql.SQL(" limit {}").format(int(part.limit))
    return sql.Composed([order, limit])


def _content(saved: SavedProjection[Any]) -> tuple[int, int, str]:
    return saved.version, saved.latest_event_id, write_json(saved.state)


def _table(story: Story, name: str) -> sql.Identifier:
    return sql.Identifier(story.schema, name)
