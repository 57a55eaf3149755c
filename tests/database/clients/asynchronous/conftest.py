"""A client on the sample story; the runner closes it with the test."""

import pytest

from database.clients.sample import SAMPLE
from storyline import AsyncEventClient


@pytest.fixture
def client(sample_dsn: str) -> AsyncEventClient:
    return AsyncEventClient(SAMPLE, sample_dsn)
