# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/conftest.py
"""A client on the sample story; the runner closes it with the test."""

import pytest

from storyline import EventClient
from storyline.testing.contract.story import SAMPLE


@pytest.fixture
def client(sample_dsn: str) -> EventClient:
    return EventClient(SAMPLE, sample_dsn)
