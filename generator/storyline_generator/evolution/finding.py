"""Where rows of every released version keep a field, so that SQL finds it in all of them.

An expression like `coalesce(data->>'title', data->>'text', 'untitled')` means what the upcasts do,
as long as a field has only changed its key or been given a value. Anything else is lost to SQL, and
whoever asks about it is told so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from storyline_generator.diagnostics import Diagnostic, Findings, Place, Related
from storyline_generator.evolution.lineage import traced
from storyline_generator.evolution.releases import released_versions
from storyline_generator.immutable import immutable, replaced
from storyline_generator.lock import Past
from storyline_generator.lock.tree import Tree, below
from storyline_generator.reads import reads
from storyline_generator.schema import (
    Condition,
    Field,
    Filter,
    FilterItem,
    Schema,
    Stream,
)
from storyline_generator.suggestions import all_of

_Released = Mapping[str, Mapping[int, Tree]]


_ASK_ELSE = "ask about another field, or keep the old field and add a new one"


@immutable
class _Loss:
    """A field, as it is in one of the events, and why not all of its rows are found."""

    field: Field
    reason: str


def with_older_rows(schema: Schema, lock: Past, changed: Set[str]) -> Findings[Schema]:
    """Every field that can be asked about, with its older keys and its value where it is absent.

    Of what asks only about events that have not changed, nothing is lost.
    """
    if not changed:
        return schema
    released = {name: released_versions(event, lock) for name, event in schema.events.items()}
    events = {
        name: traced(event, released[name], schema.types) if name in changed else event
        for name, event in schema.events.items()
    }
    schema = replaced(schema, events=events)
    streams: dict[str, Stream] = {}
    for name, stream in schema.streams.items():
        is_same = changed.isdisjoint(stream.events)
        streams[name] = stream if is_same else (yield from _stream(stream, schema, released))
    filters: dict[str, Filter] = {}
    for name, found in schema.filters.items():
        is_same = changed.isdisjoint(found.events)
        filters[name] = found if is_same else (yield from _filter(found, schema, released))
    yield from _lost_keys(schema)
    return replaced(schema, streams=streams, filters=filters)


def _lost_keys(schema: Schema) -> Findings[None]:
    """The key of a stream has been looked at."""
    for projection in schema.projections.values():
        is_read = projection.multi and reads(schema, projection) is not None
        for event, key in projection.keys.items() if is_read else ():
            field = schema.field_of(event, key.field)
            if field and field.lost:
                loss = _Loss(field, f"in `{event}`, {field.lost}")
                yield _unfindable("unfindable-field", f"`{field.name}`", loss, key.place, _ASK_ELSE)


def _stream(stream: Stream, schema: Schema, released: _Released) -> Findings[Stream]:
    place = stream.place / "key"
    key, loss = _shared(stream.key, stream.events, (schema, released))
    if loss:
        what = f"the key of `{stream.name}`"
        hint = "begin a new stream with a key of its own, and keep this one as it was"
        yield _unfindable("changed-stream-key", what, loss, place, hint)
    return replaced(stream, key=key)


def _filter(found: Filter, schema: Schema, released: _Released) -> Findings[Filter]:
    items: list[FilterItem] = []
    for item in found.items:
        conditions: list[Condition] = []
        for asked in item.conditions:
            field, loss = _shared(asked.field, item.events, (schema, released))
            if loss:
                place = asked.place
                yield _unfindable("unfindable-field", f"`{field.name}`", loss, place, _ASK_ELSE)
            conditions.append(replaced(asked, field=field))
        items.append(replaced(item, conditions=tuple(conditions)))
    return replaced(found, items=tuple(items))


def _unfindable(code: str, what: str, loss: _Loss, asked: Place, hint: str) -> Diagnostic:
    message = f"{what} would not be found in all released rows: {loss.reason}."
    return Diagnostic(code, message, asked, (Related("declared here", loss.field.place),), hint)


def _shared(
    field: Field, events: Iterable[str], context: tuple[Schema, _Released]
) -> tuple[Field, _Loss | None]:
    """One expression that finds the field in rows of all events; or why there is none."""
    schema, released = context
    own = {name: found for name in events if (found := schema.field_of(name, field.name))}
    shared = next(iter(own.values()), field)
    keys = tuple(dict.fromkeys(key for each in own.values() for key in each.older_keys))
    values = [each.absent_means for each in own.values() if each.absent_means]
    shared = shared._replace(older_keys=keys, absent_means=values[0] if values else None)
    return shared, _loss(shared, own, released)


def _loss(shared: Field, own: Mapping[str, Field], released: _Released) -> _Loss | None:
    """Why not all rows are found, if they are not."""
    for name, field in own.items():
        foreign = set(shared.older_keys) - set(field.older_keys)
        is_given = field.absent_means == shared.absent_means
        if field.lost:
            return _Loss(field, f"in `{name}`, {field.lost}")
        if taken := foreign & _keys(released[name]):
            return _Loss(field, f"{all_of(sorted(taken))} of `{name}` is something else")
        if not is_given and (field.optional or field.absent_means):
            reason = f"where it is absent in `{name}`, it does not mean the same as elsewhere"
            return _Loss(field, reason)
    return None


def _keys(versions: Mapping[int, Tree]) -> set[str]:
    return {key for shape in versions.values() for key in below(shape, "fields")}
