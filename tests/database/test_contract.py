"""The clients of PostgreSQL keep the contract of every client."""

import pytest

from storyline import AsyncEventClient, EventClient
from storyline.testing.contract import SAMPLE, AsyncEventClientContract, EventClientContract


class TestPostgreSQL(EventClientContract):
    @pytest.fixture
    def client(self, storyline_contract_dsn: str) -> EventClient:
        return EventClient(SAMPLE, storyline_contract_dsn)


class TestAsyncPostgreSQL(AsyncEventClientContract):
    @pytest.fixture
    def client(self, storyline_contract_dsn: str) -> AsyncEventClient:
        return AsyncEventClient(SAMPLE, storyline_contract_dsn)
