"""Folds that fail, in running processes: what goes on, what stands still, and how it is mended."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg
import pytest

from database.journals import Journals, Texts, history, journals
from database.poisons import POLICIES, poison, start
from database.projector_processes import caught_up, send
from database.servers import eventually
from storyline import Administration, EventClient
from storyline.projecting.shards import SHARDS, shard_of
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    SAMPLE,
    TEA,
    WORK,
    ListId,
    Measured,
    added,
)

OTHERS = [ListId(f"list {n}") for n in range(20)]
SHARING = [each for each in OTHERS if shard_of(each, SHARDS) == shard_of(HOME, SHARDS)]
FAILING = (
    "strike_always",
    "strike_after_a_change",
    "return_nothing",
    "return_what_cannot_be_written",
)


class Scene:
    """A log, and processes that fold it until the end of the test."""

    def __init__(self, dsn: str, marks: Path, client: EventClient, stack: ExitStack) -> None:
        self.dsn, self.marks, self.client = dsn, marks, client
        self.administration = Administration(client)
        self._stack = stack

    def starts(self, policy: str, *, is_mended: bool = False) -> BaseProcess:
        process = start(self.dsn, self.marks, policy, is_mended=is_mended)
        self._stack.callback(process.join)
        self._stack.callback(process.kill)
        return process

    def strikes(self, blow: str) -> None:
        """In the middle of events of the same list, and of all others."""
        self.client.save_events([added(MILK), added(EGGS, WORK)])
        assert self.eventually(lambda: journals(self.dsn).keys() == {"home", "work"})
        others = [added(MILK, each) for each in OTHERS]
        self.client.save_events([added(EGGS), poison(blow), added(TEA), *others])

    def eventually(self, claim: Callable[[], object]) -> bool:
        return eventually(claim, 20)

    def is_whole(self) -> bool:
        return caught_up(self.dsn) and journals(self.dsn) == history(self.dsn)

    def has_fallen(self, blow: str, times: int) -> bool:
        return self.eventually(lambda: len(list(self.marks.glob(f"{blow}.*"))) == times)

    def log(self) -> str:
        """Of all processes."""
        return (self.marks / "log").read_text()

    def fates(self) -> dict[str, int]:
        """Of the events that failed, by what became of them: their ids."""
        return {each.fate: each.event_id for each in self.administration.failures()}

    def others_are_folded(self, but: int = 0) -> bool:
        """But for those that share the shard of `HOME`, if that stands still."""
        found = journals(self.dsn)
        return len(found.keys() & set(OTHERS)) == len(OTHERS) - but

    def living(self) -> set[str]:
        return {owner for each in self.administration.statuses() for owner in each.owners}

    def mended(self, process: BaseProcess, policy: str) -> None:
        """A deploy: the old process is told to stop, and another is started."""
        send(process, signal.SIGTERM)
        process.join()
        self.starts(policy, is_mended=True)


@pytest.fixture
def scene(sample_dsn: str, tmp_path: Path) -> Iterator[Scene]:
    with EventClient(SAMPLE, sample_dsn) as client, ExitStack() as stack:
        yield Scene(sample_dsn, tmp_path, client, stack)


@pytest.mark.parametrize(
    ("blow", "policy"), [*((each, "stop") for each in FAILING), ("strike_always", "retry")]
)
def test_a_shard_stands_still_until_mended_code_takes_over(
    scene: Scene, blow: str, policy: str
) -> None:
    process = scene.starts(policy)
    scene.strikes(blow)
    assert scene.eventually(lambda: scene.fates() == {"stopped": 4})
    assert scene.eventually(lambda: scene.others_are_folded(but=len(SHARING)))
    assert journals(scene.dsn)["home"] == [1, 3]
    scene.mended(process, policy)
    assert scene.eventually(scene.is_whole)
    assert scene.fates() == {}


@pytest.mark.parametrize("blow", FAILING)
def test_a_parked_state_catches_up_by_order_with_mended_code(scene: Scene, blow: str) -> None:
    process = scene.starts("park")
    scene.strikes(blow)
    assert scene.eventually(lambda: scene.fates() == {"parked": 4} and scene.others_are_folded())
    assert journals(scene.dsn)["home"] == [1, 3]
    assert scene.administration.retry(Journals) == (1, 0)
    assert scene.eventually(lambda: scene.administration.failures()[0].attempts == 2), "in vain"
    scene.mended(process, "park")
    assert scene.administration.retry(Journals) == (1, 0)
    assert scene.eventually(scene.is_whole)
    assert scene.fates() == {}


def test_a_parked_state_goes_on_without_the_event_by_order(scene: Scene) -> None:
    scene.starts("park")
    scene.strikes("strike_after_a_change")
    assert scene.eventually(lambda: scene.fates() == {"parked": 4})
    assert scene.administration.skip(Journals, 4) == 1
    assert scene.eventually(lambda: journals(scene.dsn)["home"] == [1, 3, 5])
    assert scene.fates() == {"skipped": 4}, "and stays listed"


@pytest.mark.parametrize("policy", POLICIES)
def test_what_fails_at_first_is_got_over_by_itself_or_by_order(scene: Scene, policy: str) -> None:
    scene.starts(policy)
    scene.strikes("strike_at_first")
    fate = {"stop": "stopped", "park": "parked"}.get(policy)
    if fate is not None:
        assert scene.eventually(lambda: scene.fates() == {fate: 4})
        assert not scene.is_whole()
        scene.administration.retry(Journals)
    assert scene.eventually(scene.is_whole)
    assert scene.fates() == {}


@pytest.mark.parametrize("policy", POLICIES)
def test_an_event_that_fails_for_one_of_its_keys_stops_no_other(scene: Scene, policy: str) -> None:
    process = scene.starts(policy)
    scene.client.save_events([Measured(texts=["a", "b"]), Measured(texts=["a", "poison", "b"])])
    fate = "parked" if policy == "park" else "stopped"
    assert scene.eventually(lambda: scene.fates() == {fate: 2})
    send(process, signal.SIGTERM)
    process.join()
    scene.starts(policy, is_mended=True)
    if policy == "park":
        assert scene.administration.retry(Texts) == (1, 0)
    expected = {"a": [1, 2], "b": [1, 2], "poison": [2]}
    assert scene.eventually(lambda: journals(scene.dsn, "texts") == expected)


@pytest.mark.parametrize("policy", POLICIES)
def test_an_event_that_cannot_be_read_is_skipped_only_by_order(scene: Scene, policy: str) -> None:
    scene.starts(policy, is_mended=True)
    scene.client.save_event(added(MILK))
    assert scene.eventually(lambda: journals(scene.dsn) == {"home": [1]})
    append_unreadable(scene.dsn)
    scene.client.save_events([added(TEA), added(TEA, WORK)])
    fate = "parked" if policy == "park" else "stopped"
    assert scene.eventually(lambda: scene.fates() == {fate: 2})
    assert scene.eventually(lambda: journals(scene.dsn).get("work") == [4])
    assert journals(scene.dsn)["home"] == [1]
    if policy == "park":
        assert scene.administration.skip(Journals, 2) == 1
        assert scene.eventually(lambda: journals(scene.dsn)["home"] == [1, 3])


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("blow", ["hang", "end_the_process"])
def test_a_fold_that_takes_its_process_along_leaves_whole_states_to_the_next(
    scene: Scene, blow: str, policy: str
) -> None:
    """Nobody has noted which event it was: but nothing is skipped or doubled."""
    scene.starts(policy)
    scene.strikes(blow)
    assert scene.eventually(lambda: list(scene.marks.glob(f"{blow}.*"))), "it has fallen"
    assert scene.eventually(lambda: not scene.administration.is_run(Journals))
    assert journals(scene.dsn)["home"] == [1]
    scene.starts(policy, is_mended=True)
    assert scene.eventually(scene.is_whole)
    if blow == "hang":
        assert scene.eventually(lambda: len(scene.living()) == 2), "the zombie is back"
        scene.client.save_events([added(EGGS), *(added(EGGS, each) for each in OTHERS)])
        assert scene.eventually(scene.is_whole)


@pytest.mark.parametrize("blow", ["hang", "end_the_process"])
def test_it_shows_after_which_event_one_process_after_the_other_goes_silent(
    scene: Scene, blow: str
) -> None:
    scene.starts("stop")
    scene.strikes(blow)
    for ended in (1, 2):
        assert scene.has_fallen(blow, ended)
        scene.starts("stop")
    assert scene.eventually(lambda: "went silent after event 3:" in scene.log())


def append_unreadable(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "select sample.append_in_transaction('ITEM_ADDED', '1', %s, '{}')",
            ['{"list_id": "home"}'],
        )
