"""The in-memory clients keep the contract of every client."""

import pytest

from storyline.testing import AsyncInMemoryEventClient, InMemoryEventClient
from storyline.testing.contract import SAMPLE, AsyncEventClientContract, EventClientContract


class TestInMemory(EventClientContract):
    @pytest.fixture
    def client(self) -> InMemoryEventClient:
        return InMemoryEventClient(SAMPLE)


class TestAsyncInMemory(AsyncEventClientContract):
    @pytest.fixture
    def client(self) -> AsyncInMemoryEventClient:
        return AsyncInMemoryEventClient(SAMPLE)
