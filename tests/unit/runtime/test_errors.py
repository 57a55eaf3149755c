"""Errors carry their facts, also from one process to another."""

import pickle

import pytest

from storyline import (
    ConflictError,
    NothingToSaveError,
    ProjectionError,
    Query,
    RefusedError,
    StorylineError,
    UnreadableEventError,
)


@pytest.mark.parametrize(
    "error",
    [
        ConflictError((), Query(), 7),
        RefusedError("No."),
        NothingToSaveError(),
        ProjectionError("list", "l1", 2),
        UnreadableEventError(7, "ITEM_ADDED", "title", "too long"),
    ],
)
def test_an_error_survives_pickling(error: StorylineError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (str(copy), vars(copy)) == (str(error), vars(error))
