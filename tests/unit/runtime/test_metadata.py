"""Metadata: what is bound where, and what can be read by name."""

import asyncio
import pickle
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from uuid import UUID

import pytest

from storyline import Backoff, Metadata, bound_metadata
from storyline.metadata import NO_METADATA, with_bound


def test_what_is_bound_ends_with_its_block() -> None:
    with bound_metadata(actor="ann"):
        with pytest.raises(KeyError), bound_metadata(actor="bob"):
            raise KeyError
        assert with_bound(None).actor == "ann"
    assert with_bound(None) is NO_METADATA


def test_a_task_begins_with_what_was_bound_where_it_was_made() -> None:
    async def actor() -> str | None:
        with bound_metadata(tenant="x"):
            await asyncio.sleep(0)
            return with_bound(None).actor

    async def actors() -> list[str | None]:
        tasks = []
        for name in ("ann", "bob"):
            with bound_metadata(actor=name):
                tasks.append(asyncio.create_task(actor()))
        assert with_bound(None) == {}
        return await asyncio.gather(*tasks)

    assert asyncio.run(actors()) == ["ann", "bob"]


def test_a_thread_begins_with_nothing_unless_it_runs_in_a_copy() -> None:
    with bound_metadata(actor="ann"), ThreadPoolExecutor(1) as thread:
        assert thread.submit(with_bound, None).result() == {}
        assert thread.submit(copy_context().run, with_bound, None).result().actor == "ann"
        assert asyncio.run(asyncio.to_thread(with_bound, None)).actor == "ann"


def test_ids_are_bound_as_text() -> None:
    id = UUID(int=7)
    with bound_metadata(correlation_id=id, causation_id=41):
        assert with_bound(None) == {"correlation_id": str(id), "causation_id": "41"}


def test_metadata_is_a_mapping_that_can_be_sent_and_not_be_changed() -> None:
    metadata = Metadata({"actor": "ann", "causation_id": 5})
    assert pickle.loads(pickle.dumps(metadata)) == metadata == {"actor": "ann", "causation_id": 5}
    assert (metadata.causation_id, metadata.get("x"), len(metadata)) == ("5", None, 2)
    with pytest.raises(TypeError):
        metadata["actor"] = "eve"  # type: ignore[index]


def test_pauses_grow_at_random_up_to_the_longest() -> None:
    backoff = Backoff(first=0.5, longest=3)
    for attempt, bound in ((0, 0.5), (1, 1), (2, 2), (3, 3), (10_000, 3)):
        pauses = [backoff.pause(attempt) for _ in range(200)]
        assert 0 <= min(pauses) < bound / 10
        assert bound * 0.9 < max(pauses) <= bound


@pytest.mark.parametrize(("first", "longest"), [(0, 1), (2, 1), (-1, 1)])
def test_a_backoff_that_makes_no_sense_is_refused(first: float, longest: float) -> None:
    with pytest.raises(ValueError, match="first"):
        Backoff(first, longest)
