"""What projectors decide, without one: shares, paces, and what a failing fold leaves behind."""

from collections import Counter
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyline import Park, Retry, State, Stop
from storyline.poison import next_delay
from storyline.projecting import batches, pace, states
from storyline.projecting.shards import SHARDS, Build, Shard, shard_of
from storyline.projecting.sharing import fair_owners
from storyline.testing.contract.story import SAMPLE

BUILDS = [Build("list", 1, 1), Build("overview", 1, 1), Build("list", 2, 1)]
PROCESSES = ["anna", "bert", "carl", "dora"]
SHARDS_OF = {BUILDS[0]: SHARDS, BUILDS[1]: 1, BUILDS[2]: SHARDS}
ALL = [Shard(build, number) for build in BUILDS for number in range(SHARDS_OF[build])]

processes = st.lists(st.sampled_from(PROCESSES), unique=True, min_size=1)
owners = st.dictionaries(st.sampled_from(ALL), st.sampled_from([*PROCESSES, "dead"]))


@given(processes, owners)
def test_shares_are_even_whoever_had_them(alive: list[str], before: dict[Shard, str]) -> None:
    plan = fair_owners(dict.fromkeys(ALL, alive), before)
    assert set(plan) == set(ALL)
    for build in BUILDS:
        of_build = Counter(owner for shard, owner in plan.items() if shard.build == build)
        assert max(of_build.values()) - min(of_build[owner] for owner in alive) <= 1
    in_all = Counter(plan.values())
    assert max(in_all.values()) - min(in_all[owner] for owner in alive) <= 1


@given(processes, owners)
def test_a_plan_that_is_carried_out_stays(alive: list[str], before: dict[Shard, str]) -> None:
    eligible = dict.fromkeys(ALL, alive)
    plan = fair_owners(eligible, before)
    assert fair_owners(eligible, plan) == plan
    assert fair_owners(dict.fromkeys(ALL, alive[::-1]), plan) == plan


@given(processes)
def test_a_process_that_joins_takes_only_its_share(alive: list[str]) -> None:
    before = fair_owners(dict.fromkeys(ALL, alive), {})
    after = fair_owners({shard: [*alive, "new"] for shard in ALL}, before)
    moved = [shard for shard in ALL if before[shard] != after[shard]]
    assert {after[shard] for shard in moved} <= {"new"}


@given(st.dictionaries(st.sampled_from(ALL), processes), owners)
def test_every_shard_is_run_by_somebody_whose_code_can(
    eligible: dict[Shard, list[str]], before: dict[Shard, str]
) -> None:
    plan = fair_owners(eligible, before)
    assert set(plan) == set(eligible)
    assert all(plan[shard] in eligible[shard] for shard in plan)


def test_what_nobody_can_run_has_no_owner() -> None:
    assert fair_owners({ALL[0]: [], ALL[1]: ["anna"]}, {ALL[0]: "anna"}) == {ALL[1]: "anna"}


def test_the_shard_of_a_state_never_changes() -> None:
    assert [shard_of(id, 8) for id in ("", "home", "Zürich")] == [3, 6, 2]


def test_batches_grow_while_they_are_quick_and_shrink_when_they_are_not() -> None:
    assert pace.next_span(1000, 500, 0.01) == 2000
    assert pace.next_span(1000, 1000, 0.15) == 1000
    assert pace.next_span(1000, 1000, 0.5) == 500
    assert pace.next_span(8000, pace.MOST_ROWS, 0.01) == 4000
    assert pace.next_span(pace.MOST, 0, 0.01) == pace.MOST
    assert pace.next_span(pace.FEWEST, 10, 9) == pace.FEWEST


def test_a_process_looks_for_others_soon_at_first() -> None:
    between = [pace.next_tick(0.0)]
    while between[-1:] != between[-2:-1]:
        between.append(pace.next_tick(between[-1]))
    assert between == [0.0625, 0.125, 0.25, 0.5, 1.0, 1.0]


def test_states_that_were_written_last_stay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "MOST_STATES", 4)
    held = states.States()
    change(held, BUILDS[0], "a", "b")
    held.written(ALL)
    change(held, BUILDS[0], "a")
    change(held, BUILDS[1], "z")
    held.written(ALL)
    change(held, BUILDS[0], "c")
    held.written(ALL)
    assert [list(held.of(build)) for build in BUILDS[:2]] == [["a", "c"], ["z"]]
    held.forget([shard for shard in ALL if shard.build == BUILDS[0]])
    assert [list(held.of(build)) for build in BUILDS[:2]] == [[], ["z"]]


def test_states_that_are_not_written_yet_stay_however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "MOST_STATES", 1)
    held = states.States()
    change(held, BUILDS[0], "a", "b")
    change(held, BUILDS[1], "c")
    held.written([shard for shard in ALL if shard.build == BUILDS[1]])
    assert list(held.of(BUILDS[0])) == ["a", "b"]


def change(held: states.States, build: Build, *ids: str) -> None:
    for id in ids:
        shard = Shard(build, shard_of(id, SHARDS_OF[build]))
        state = held.of(build).setdefault(
            id, states.Held(shard, id, cast("Any", None), State(), latest_event_id=0)
        )
        held.changed(state)


def test_states_are_found_by_the_index_however_few_there_were_at_first() -> None:
    """A plan that is kept from then looks through the whole table for each batch of a rebuild."""
    assert batches.states(SAMPLE, [(BUILDS[0], "a")]).is_planned_by_value


def test_waiting_backs_off() -> None:
    waits = [pace.next_wait(0.0)]
    while waits[-1:] != waits[-2:-1]:
        waits.append(pace.next_wait(waits[-1]))
    assert waits == sorted(waits)
    assert waits[0] < 0.01


def test_only_a_retrying_projection_tries_again() -> None:
    assert next_delay(Stop(), 1) is None
    assert next_delay(Park(), 1) is None
    retry = Retry(attempts=3, delay=20)
    assert [next_delay(retry, attempts) for attempts in (1, 2, 3, 4)] == [20, 40, 60, None]
