"""The contract's story is written by hand; its tables are the generator's."""

from pathlib import Path

from database.clients.conftest import sample_migration
from storyline.testing import contract


def test_the_tables_of_the_contract_are_those_of_today() -> None:
    """Where they differ, take `sample_migration()` as it is."""
    (file,) = (Path(contract.__path__[0]) / "migrations").iterdir()
    assert file.read_text(encoding="utf-8") == sample_migration()
