"""Domain values → statements with their parameters. Pure: somebody else executes them.

What comes from a schema or a caller is an identifier, a literal or a parameter, never plain text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, cast

from psycopg import sql

from storyline.commands import Command
from storyline.events import write_json
from storyline.expressions import Parameters, Shape, item_predicate, parameters
from storyline.folds import NOTHING, Seen
from storyline.jsonpaths import AppendCondition
from storyline.operators import Operator
from storyline.projections import SavedProjection
from storyline.queries import Query
from storyline.questions import Batch, Slice, SliceShape
from storyline.story import Story

Shapes: TypeAlias = tuple[Shape, ...]

_NOTHING = sql.Composed([sql.SQL("false")])
_WINDOW = 1000
"""So many events are looked through one by one before an index without an order is asked."""
_RANGES = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})


class Statement(NamedTuple):
    text: sql.SQL | sql.Composed
    parameters: Parameters = ()
    is_planned_by_value: bool = False
    """Whether a plan for any values would be a bad one, so that none may be kept."""


EVENT_COLUMNS = sql.SQL(
    "select id, type, version, data::text as data, metadata::text as metadata,"
    " created_at at time zone 'UTC' as created_at"
)


def event_stream(story: Story, query: Query[Any], part: Slice) -> Statement:
    """Each item by its own index, in the order of ids; what several items find comes once.

    Where the moment of the event `part.after` is known, that event comes with them, without its
    data, if the log still has it.
    """
    return _asking(_event_stream_text, story, query, part)


def history(story: Story, query: Query[Any], after: Seen) -> Statement:
    """The stream; and last, as a row of its own, the id that the log's next event will get.

    That row's moment is when the one before was recorded.

    One statement, so one snapshot. Whoever then appends has a short tail to check, however old the
    last event of the stream is.
    """
    return _asking(_history_text, story, query, Slice(after))


def count(story: Story, query: Query[Any], part: Slice) -> Statement:
    """What several items find counts once."""
    return _asking(_count_text, story, query, part)


class Append(NamedTuple):
    """New events, and what they depend on."""

    batch: Batch
    condition: AppendCondition | None = None
    after: Seen = NOTHING
    command: Command | None = None

    @property
    def parameters(self) -> Parameters:
        asked = self.condition or (None, None, None)
        return (*self.batch, *asked, *self.after, *(self.command or (None, None)))


def append(story: Story, wanted: Append) -> Statement:
    """Committed when it returns, in one round trip and with the shared flush. Needs autocommit."""
    return Statement(_append_text(story.schema), wanted.parameters)


def append_in_transaction(story: Story, wanted: Append) -> Statement:
    """Committed with the transaction around it; in autocommit, by a flush of its own."""
    return Statement(_append_in_transaction_text(story.schema), wanted.parameters)


def known_command(story: Story, id: str) -> Statement:
    """On disk when it returns: whoever asks will take the answer for an acknowledgement."""
    text = sql.SQL(
        "select first_id, last_id, digest, pg_logical_emit_message(true, 'storyline', '')::text"
        " from {} where id = %s"
    ).format(table(story, "commands"))
    return Statement(text, (id,))


def save_projection(story: Story, saved: SavedProjection[Any]) -> Statement:
    """Returns a row if it was written: not over a newer state, nor where a projector keeps it."""
    text = sql.SQL(
        "insert into {states} as saved (type, version, build, id, latest_event_id, data)"
        " select %s, %s, 0, %s, %s, %s::jsonb where {by_hand}"
        " on conflict (type, version, build, id) do update set"
        " latest_event_id = excluded.latest_event_id, data = excluded.data,"
        " updated_at = clock_timestamp() where saved.latest_event_id <= excluded.latest_event_id"
        " returning id"
    ).format(states=table(story, "projections"), by_hand=_is_saved_by_hand(story))
    run = (saved.type, saved.version)
    return Statement(text, (*run, saved.id, saved.latest_event_id, write_json(saved.state), *run))


def update_projection(story: Story, saved: SavedProjection[Any], older_only: bool) -> Statement:
    """Returns a row if there was one to update, and no projector keeps it."""
    older = sql.SQL(" and latest_event_id < %s") if older_only else sql.SQL("")
    text = sql.SQL(
        "update {} set latest_event_id = %s, data = %s::jsonb, updated_at = clock_timestamp()"
        " where (type, version, build, id) = (%s, %s, 0, %s) and {}{} returning id"
    ).format(table(story, "projections"), _is_saved_by_hand(story), older)
    run, latest = (saved.type, saved.version), (saved.latest_event_id,)
    written = (*latest, write_json(saved.state), *run, saved.id, *run)
    return Statement(text, written + latest if older_only else written)


def is_being_built(story: Story, type: str, version: int) -> Statement:
    """Returns a row if a projector keeps the projection, and has not yet built this version."""
    text = sql.SQL(
        "select from {builds} where type = %s and (status <> 'retired' or version = %s)"
        " having count(*) > 0 and not bool_or(status = 'active' and version = %s)"
    ).format(builds=table(story, "projection_builds"))
    return Statement(text, (type, version, version))


def saved_projection(story: Story, type: str, version: int, id: str) -> Statement:
    """A state of another version is not found."""
    source = of_states(story, type, version)
    text = sql.SQL("select type, id, version, latest_event_id, data::text {} and id = %s")
    return Statement(text.format(source.text), (*source.parameters, id))


def resumption(story: Story, type: str, version: int, id: str) -> Statement:
    """The saved state, null where there is none, and after which id its events are to be read.

    That is where its shard stands, unless an event of the state is parked. One statement, so one
    snapshot: every event of the state up to there is in it.
    """
    source = of_states(story, type, version)
    text = sql.SQL(
        "with state as (select type, id, version, build, latest_event_id, data::text {states}"
        " and id = %s) select state.type, state.id, state.version, state.latest_event_id,"
        " state.data, greatest(state.latest_event_id, shard.position)"
        " from (select) as always left join state on true"
        " left join {builds} as build on (build.type, build.version) = (%s, %s)"
        " and build.status = 'active' and not exists (select from {parked} as parked"
        " where (parked.type, parked.version, parked.build, parked.id)"
        " = (build.type, build.version, build.build, %s) and skipped_at is null)"
        " left join {shards} as shard on (shard.type, shard.version, shard.build)"
        " = (build.type, build.version, build.build)"
        " and shard.shard = get_byte(sha256(convert_to(%s, 'UTF8')), 0) %% build.shards"
    ).format(
        states=source.text,
        builds=table(story, "projection_builds"),
        parked=table(story, "parked_events"),
        shards=table(story, "projection_shards"),
    )
    return Statement(text, (*source.parameters, id, type, version, id, id))


def of_states(story: Story, type: str, version: int) -> Statement:
    """From where saved states are read; those of another version are not found.

    Those of the active build; of build 0 where no projector has ever built the version.
    """
    text = sql.SQL(
        "from {} where type = %s and version = %s and build = ("
        "select case when count(*) = 0 then 0 else max(build) filter (where status = 'active') end"
        " from {} where (type, version) = (%s, %s))"
    ).format(table(story, "projections"), table(story, "projection_builds"))
    return Statement(text, (type, version, type, version))


def _is_saved_by_hand(story: Story) -> sql.Composed:
    """No projector runs the version: else what is saved could be older, or of half a build."""
    text = sql.SQL("not exists (select from {} where (type, version) = (%s, %s))")
    return text.format(table(story, "projection_builds"))


_APPEND = sql.SQL(
    "%s::text, %s::text, %s::text, %s::jsonb,"
    " %s::text, %s::jsonpath, %s::jsonb, %s::bigint, %s::timestamptz, %s::text, %s::text"
)


@lru_cache
def _append_text(schema: str) -> sql.SQL:
    text = sql.SQL("call {}({})")
    return _composed(text.format(sql.Identifier(schema, "append"), _APPEND))


@lru_cache
def _append_in_transaction_text(schema: str) -> sql.SQL:
    text = sql.SQL("select last_id, recorded_at, refusal::text from {}({})")
    return _composed(text.format(sql.Identifier(schema, "append_in_transaction"), _APPEND))


@lru_cache
def _event_stream_text(schema: str, items: Shapes, shape: SliceShape) -> sql.SQL:
    """Kept by shape: composing the text takes longer than PostgreSQL takes to find the events."""
    stream = _merged(schema, items, shape)
    if not shape.is_after_known:
        return _composed(stream)
    text = sql.SQL("select * from ({}) as newer union all {} {}")
    return _composed(text.format(stream, _last_seen(schema), _order(shape._replace(limit=None))))


def _last_seen(schema: str) -> sql.Composed:
    return sql.SQL(
        "select id, null, null, null, null, null from {} where id = %s and created_at = %s"
    ).format(sql.Identifier(schema, "events"))


def _merged(schema: str, items: Shapes, shape: SliceShape) -> sql.Composed:
    branches = [_branch(schema, item, shape) for item in items]
    if not branches:
        return sql.SQL("{}{}").format(_matching(schema, _NOTHING), _between(shape))
    if len(branches) == 1:
        return branches[0]
    found = sql.SQL(" union all ").join(sql.SQL("({})").format(branch) for branch in branches)
    merged = sql.SQL("select distinct on (id) * from ({}) as found {}")
    return merged.format(found, _order(shape))


@lru_cache
def _count_text(schema: str, items: Shapes, shape: SliceShape) -> sql.SQL:
    predicates = [item_predicate(item) for item in items] or [_NOTHING]
    branches = [
        sql.SQL("select id from {} where {}{}").format(
            sql.Identifier(schema, "events"), predicate, _between(shape)
        )
        for predicate in predicates
    ]
    found = sql.SQL(" union ").join(branches)
    return _composed(sql.SQL("select count(*) from ({}) as found").format(found))


@lru_cache
def _history_text(schema: str, items: Shapes, shape: SliceShape) -> sql.SQL:
    text = sql.SQL(
        "select * from ({}) as stream union all "
        "select last_id + 1, null, null, null, null,"
        " nullif(recorded_at, '-infinity') at time zone 'UTC'"
        " from {} where partition = '' order by id"
    )
    stream = _event_stream_text(schema, items, shape)
    return _composed(text.format(stream, sql.Identifier(schema, "heads")))


def _composed(text: sql.Composed) -> sql.SQL:
    """All is quoted by now."""
    return sql.SQL(cast("Any", text.as_string(None)))


def _asking(
    text_of: Callable[[str, Shapes, SliceShape], sql.SQL],
    story: Story,
    query: Query[Any],
    part: Slice,
) -> Statement:
    items, shape = tuple([Shape.of(item) for item in query.items]), part.shape
    text = text_of(story.schema, items, shape)
    return Statement(text, _parameters(query, items, part, shape), _has_range(items))


@lru_cache
def _has_range(items: Shapes) -> bool:
    """PostgreSQL assumes, without the ends of a range, that a third of the log is in it."""
    return any(asked.operator in _RANGES for item in items for asked in item.conditions)


def _parameters(query: Query[Any], items: Shapes, part: Slice, shape: SliceShape) -> Parameters:
    """Without items there is still one branch, which finds nothing."""
    found: list[Any] = []
    for asked, item in zip(query.items, items, strict=True):
        once = (*parameters(asked.conditions), *part.ends)
        found += once * 2 if _looks_back(item, shape) else once
    if not items:
        found += part.ends
    return (*found, *part.after) if shape.is_after_known else tuple(found)


def _branch(schema: str, item: Shape, shape: SliceShape) -> sql.Composed:
    if _looks_back(item, shape):
        return _looking_back(schema, item, shape)
    matching = _matching(schema, item_predicate(item))
    return sql.SQL("{}{} {}").format(matching, _between(shape), _order(shape))


def _matching(schema: str, predicate: sql.Composable) -> sql.Composed:
    text = sql.SQL("{} from {} where {}")
    return text.format(EVENT_COLUMNS, sql.Identifier(schema, "events"), predicate)


def _looks_back(item: Shape, shape: SliceShape) -> bool:
    return shape.latest_first and shape.limit is not None and item.is_by_element


def _looking_back(schema: str, item: Shape, shape: SliceShape) -> sql.Composed:
    """First among the latest events; only if those are too few, by the index, which has no order.

    PostgreSQL would look from the end of the log for ever: it takes an element to be in a hundredth
    of all events. And by the index alone, an element of very many events would cost them all. The
    ends of the slice stand outside of what the index finds: a bitmap of ids costs more than both.
    """
    text = sql.SQL(
        "with recent as materialized ({all}{between} and id > (select last_id - {window}"
        " from {heads} where partition = '') {order}) select * from ("
        "select * from recent where (select count(*) from recent) = {limit} union all "
        "(select * from ({all} offset 0) as indexed"
        " where (select count(*) from recent) < {limit}{between} {order})) as found {order}"
    )
    return text.format(
        all=_matching(schema, item_predicate(item)),
        between=_between(shape),
        heads=sql.Identifier(schema, "heads"),
        window=_WINDOW,
        limit=shape.limit,
        order=_order(shape),
    )


def _between(shape: SliceShape) -> sql.SQL:
    return sql.SQL(" and id > %s and id <= %s" if shape.has_end else " and id > %s")


def _order(shape: SliceShape) -> sql.Composed:
    order = sql.SQL("order by id desc" if shape.latest_first else "order by id")
    limit = sql.SQL("") if shape.limit is None else sql.SQL(" limit {}").format(int(shape.limit))
    return sql.Composed([order, limit])


def idle_in_transaction(seconds: float) -> Statement:
    """Until the transaction ends: so long the server waits for its next statement."""
    text = sql.SQL("select set_config('idle_in_transaction_session_timeout', %s, true)")
    return Statement(text, (f"{1000 * seconds:.0f}",))


def table(story: Story, name: str) -> sql.Identifier:
    return sql.Identifier(story.schema, name)
