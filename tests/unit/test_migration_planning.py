"""The next migrations are what the schema wants and no release has made yet. No database is needed:
a database is what the released migrations make and drop, in an order in which they can be applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_story import AMOUNT, FILTERS, ITEMS, filter_of, item, story
from storyline_generator.lock.tree import Tree, below
from storyline_generator.migration_facts import migration_facts
from storyline_generator.plan.sql import Migration, baseline_of, migrations_of
from storyline_generator.plan.sql import objects as protocol
from storyline_generator.plan.sql.migrations import AlteredTableError
from storyline_generator.plan.sql.objects import SqlObject, wanted_objects
from storyline_generator.plan.sql.released import released_migrations
from storyline_generator.schema import Operator, Schema

CHANGED = filter_of("dear", item(ITEMS, a=(AMOUNT, Operator.LT)))
STORIES = st.lists(st.sampled_from([*FILTERS[:3], CHANGED]), unique_by=lambda each: each.name).map(
    lambda filters: story(*filters)
)
Objects = Mapping[tuple[str, str], str]


def wanted(schema: Schema) -> Objects:
    return {each.key: each.definition for each in wanted_objects(schema)}


def released(lock: Tree, *migrations: Migration) -> Tree:
    facts = {each.name: migration_facts(each, each.name) for each in migrations}
    return {"migrations": {**below(lock, "migrations"), **facts}}


def release(lock: Tree, schema: Schema) -> Tree:
    return released(lock, *migrations_of(schema, lock))


def merged(one: Tree, other: Tree) -> Tree:
    """As git's union merge has it."""
    return {"migrations": {**below(one, "migrations"), **below(other, "migrations")}}


def database(lock: Tree, order: list[str]) -> Objects:
    """What is there when the migrations have been applied in this order."""
    found: dict[tuple[str, str], str] = {}
    for name in order:
        facts: Any = below(lock, "migrations", name)
        for kind, names in facts["drops"].items():
            for each in names:
                found.pop((kind, each), None)
        for kind, names in facts["makes"].items():
            for each, texts in names.items():
                found[kind, each] = texts["up"]
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(STORIES, min_size=1, max_size=5))
def test_what_was_released_one_by_one_is_what_would_be_made_at_once(stories: list[Schema]) -> None:
    lock: Tree = {}
    for schema in stories:
        lock = release(lock, schema)
        assert migrations_of(schema, lock) == ()
        assert database(lock, list(released_migrations(lock).order)) == wanted(schema)


@settings(max_examples=60, deadline=None)
@given(STORIES, st.lists(STORIES, max_size=3), st.lists(STORIES, max_size=3), STORIES)
def test_two_branches_lead_to_one_database_whichever_was_applied_first(
    base: Schema, one: list[Schema], other: list[Schema], after: Schema
) -> None:
    start = release({}, base)
    branches: list[Tree] = []
    for stories in (one, other):
        lock = start
        for schema in stories:
            lock = release(lock, schema)
        branches.append(lock)
    both = merged(*branches)
    lock = release(both, after)
    new = [
        name for name in released_migrations(lock).order if name not in below(both, "migrations")
    ]
    for first, second in (branches, branches[::-1]):
        order = list(released_migrations(first).order)
        order += [name for name in released_migrations(second).order if name not in order]
        assert database(lock, [*order, *new]) == wanted(after)
    assert migrations_of(after, lock) == ()


@settings(max_examples=30, deadline=None)
@given(st.lists(STORIES, min_size=2, max_size=4), STORIES)
def test_a_baseline_makes_what_it_stands_for_and_others_follow_it(
    stories: list[Schema], after: Schema
) -> None:
    lock: Tree = {}
    for schema in stories:
        lock = release(lock, schema)
    squashed = released(lock, baseline_of(stories[-1], lock))
    assert len(released_migrations(squashed).migrations) == 1
    assert migrations_of(stories[-1], squashed) == ()
    lock = release(squashed, after)
    assert database(lock, list(released_migrations(lock).order)) == wanted(after)


def test_what_is_not_released_is_one_migration_whatever_it_was_before() -> None:
    one, other = (migrations_of(story(*filters)) for filters in (FILTERS, ()))
    assert [each.name for each in one] == [each.name for each in other] == ["shop"]


def test_indexes_are_made_before_those_that_they_replace_are_dropped() -> None:
    lock = release({}, story(FILTERS[2]))
    made, dropped = migrations_of(story(CHANGED), lock)
    assert (made.is_transaction, made.is_deferrable) == (False, False)
    assert (dropped.is_transaction, dropped.is_deferrable) == (False, True)
    assert dropped.after == (made.name,)
    assert any(text.startswith("create index concurrently") for text in made.up)
    assert any(text.startswith("drop index concurrently if exists") for text in dropped.up)


# Another version of Storyline


def other_version(monkeypatch: pytest.MonkeyPatch, name: str, **changes: str) -> None:
    """Of which one object of the protocol has another text."""
    original = protocol._object

    def changed(kind: str, of: str, template: str, plan: object) -> SqlObject:
        found = original(kind, of, template, plan)
        if of != name:
            return found
        up = found.up
        for old, new in changes.items():
            assert old in up
            up = up.replace(old, new)
        return found._replace(up=up)

    monkeypatch.setattr(protocol, "_object", changed)


def test_a_function_that_a_new_version_has_changed_is_replaced_and_can_be_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lock = release({}, story())
    other_version(monkeypatch, "refuse_change", Append="Record")
    (step,) = migrations_of(story(), lock)
    assert step.is_transaction
    assert "lock_timeout" in step.up[0]
    assert "create or replace function" in step.up[1]
    assert "Record an event" in step.up[1]
    assert "Append an event" in step.down[1]
    assert migrations_of(story(), release(lock, story())) == ()


def test_a_function_with_another_signature_is_dropped_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lock = release({}, story())
    other_version(monkeypatch, "append_in_transaction", after_id="newer_than")
    (step,) = migrations_of(story(), lock)
    assert step.up[1] == 'drop function if exists "shop".append_in_transaction;'
    assert step.down[1:] != ()


def test_comments_around_an_object_are_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = release({}, story())
    other_version(monkeypatch, "heads", Whoever="He who")
    assert migrations_of(story(), lock) == ()


def test_the_template_of_a_released_table_cannot_be_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lock = release({}, story())
    other_version(monkeypatch, "heads", bigint="integer")
    with pytest.raises(AlteredTableError):
        migrations_of(story(), lock)
