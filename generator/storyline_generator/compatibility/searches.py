"""Streams, filters and indexes. Whether fields are found, `evolution` has said before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from storyline_generator.compatibility.rule import Verdict, released_like_this
from storyline_generator.compatibility.rules import BY_CODE
from storyline_generator.diagnostics import Place
from storyline_generator.evolution.releases import released_versions
from storyline_generator.lock import Past
from storyline_generator.lock.tree import EMPTY, Tree, below, tables
from storyline_generator.schema import Field, Schema, Stream
from storyline_generator.suggestions import all_of


def of_streams(schema: Schema, today: Tree, then: Past) -> Iterator[tuple[Field, Verdict]]:
    """With the key. It is the same if it says that it was the old one, and is stored alike."""
    for name, before in tables(then.tree, "streams"):
        stream = schema.streams.get(name)
        if stream and (found := _key_change(stream, str(before.get("key")), (schema, today), then)):
            reason, place = found
            beside = f"[streams.{name}_by_{stream.key.name}]"
            verdict = Verdict(
                BY_CODE["changed-stream-key"],
                f"the key of the stream `{name}` {reason}.",
                place,
                released_like_this(then.place("streams", name, "key")),
                f"keep it, and begin another stream beside it: `{beside}`",
            )
            yield stream.key, verdict


def _key_change(
    stream: Stream, old: str, now: tuple[Schema, Tree], then: Past
) -> tuple[str, Place] | None:
    key, (schema, today) = stream.key, now
    if old not in (key.key, *key.was, *key.older_keys):
        return f"was `{old}`, and is `{key.name}` now", (stream.place / "key").value
    for name in stream.events:
        event = schema.events[name]
        versions = released_versions(event, then)
        was = below(versions.get(max(versions, default=0), EMPTY), "fields", old).get("type")
        facts = below(today, "events", name, str(event.version), "fields", key.key)
        if was and was != facts.get("type"):
            return f"was `{was}`, and is `{facts.get('type')}` now", key.place
    return None


def of_filters(schema: Schema, then: Past) -> Iterator[Verdict]:
    for name, before in tables(then.tree, "filters"):
        found = schema.filters.get(name)
        if found and before.get("index") and not found.index:
            yield Verdict(
                BY_CODE["lost-index"],
                f"`{name}` has no index any more, and reads the whole log.",
                found.place / "index" if found.index is False else found.place,
                released_like_this(then.place("filters", name, "index")),
                "write `index = true`, or say: `# storyline: ignore[lost-index] …`",
            )


def of_states(schema: Schema, then: Past) -> Iterator[Verdict]:
    """By which fields the states of a projection were found last, and are not any more."""
    for name, versions in tables(then.tree, "projections"):
        last = max(versions, key=int)
        projection = schema.projections.get(name)
        kept = projection.index if projection else ()
        lost = [key for key in below(versions, last, "index") if key not in kept]
        if projection and lost:
            yield Verdict(
                BY_CODE["lost-index"],
                f"states of `{name}` are not found by {all_of(lost)} any more, but by reading all.",
                projection.place,
                released_like_this(then.place("projections", name, last, "index")),
                "put it back in `index`, or say: `# storyline: ignore[lost-index] …`",
            )


def of_indexes(schema: Schema, then: Past, indexes: Mapping[str, str]) -> Iterator[Verdict]:
    before = below(then.tree, "indexes")
    place = (schema.place / "story").value
    for name, definition in indexes.items():
        if before.get(name) != definition:
            what = "has another form now" if name in before else "is new"
            related = released_like_this(then.place("indexes", name)) if name in before else ()
            yield Verdict(BY_CODE["new-index"], f"the index {name} {what}.", place, related)
