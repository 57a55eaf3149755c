"""A client on the sample story; the runner closes it with the test."""

import pytest

from storyline import AsyncEventClient
from storyline.testing.contract.story import SAMPLE


@pytest.fixture
def client(sample_dsn: str) -> AsyncEventClient:
    return AsyncEventClient(SAMPLE, sample_dsn)
