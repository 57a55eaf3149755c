"""How long a process waits for its database, and when waiting does not help."""

import pytest
from psycopg import OperationalError
from psycopg.errors import NumericValueOutOfRange, ProgramLimitExceeded

from storyline.projecting import processes
from storyline.projecting.processes import Outages


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(processes, "monotonic", clock)
    return clock


def pauses(outages: Outages, count: int) -> list[float]:
    return [outages.pause(OperationalError()) for _ in range(count)]


def test_a_database_that_was_never_reached_is_not_waited_for() -> None:
    with pytest.raises(OperationalError):
        Outages().pause(OperationalError())


@pytest.mark.parametrize("error", [ProgramLimitExceeded(), NumericValueOutOfRange()])
def test_a_value_that_is_refused_is_not_an_outage(error: Exception) -> None:
    outages = Outages()
    outages.over()
    with pytest.raises(type(error)):
        outages.pause(error)


def test_pauses_grow_though_each_connection_is_made_and_lost(clock: Clock) -> None:
    outages, found = Outages(), []
    for _ in range(4):
        outages.over()
        found += pauses(outages, 1)
    assert found == [0.1, 0.2, 0.4, 0.8]


def test_pauses_begin_anew_after_a_connection_that_lasted(clock: Clock) -> None:
    outages = Outages()
    outages.over()
    assert pauses(outages, 7)[-1] == 5.0
    outages.over()
    clock.now += 6
    assert pauses(outages, 2) == [0.1, 0.2]
    clock.now += 6
    assert pauses(outages, 1) == [0.4], "it was still the same"
