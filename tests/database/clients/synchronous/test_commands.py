# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/test_commands.py
"""Commands, where a database is what they meet: the rest of them is in the contract."""

import psycopg
import pytest

from storyline import (
    EventClient,
)
from storyline.questions import Question
from storyline.testing.contract.story import (
    HOME,
    MILK,
    SAMPLE,
    added,
    list_stream,
)

STREAM = list_stream(list_id=HOME)


def test_a_call_whose_answer_was_lost_can_be_repeated(
    client: EventClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.log.answer

    def answer_and_lose(question: Question) -> None:
        answer(question)
        raise psycopg.OperationalError

    with monkeypatch.context() as lossy:
        lossy.setattr(client.log, "answer", answer_and_lose)
        with pytest.raises(psycopg.OperationalError):
            client.save_event(added(MILK), command_id="c1")
    assert (client.save_event(added(MILK), command_id="c1")).id == 1
    assert len(client.get_event_stream(STREAM)) == 1


def test_a_plain_commit_knows_commands_as_well(sample_dsn: str) -> None:
    with EventClient(SAMPLE, sample_dsn, durability="commit") as client:
        first = client.save_event(added(MILK), command_id="c1")
        assert client.save_event(added(MILK), command_id="c1") == first
