"""Which projections a package has: found by looking, so that no list can go stale."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storyline import ProjectionsIn

MODULE = """
from abc import abstractmethod
from storyline import Query, QueryItem, State
from storyline.projections import ProjectionFold

class Base(ProjectionFold):
    reads = Query(QueryItem(("ADDED",)))

class {name}(Base):
    handlers = {{}}

    def initial_state(self):
        return State()

class OnDemand({name}):
    reads = None
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    folder = tmp_path / "found_app" / "projections"
    (folder / "shop").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "shop" / "__init__.py").write_text("from .order import Order\n")
    for name in ("Order", "Customer"):
        (folder / "shop" / f"{name.lower()}.py").write_text(MODULE.format(name=name))
    monkeypatch.syspath_prepend(tmp_path)
    yield "found_app.projections"
    for module in [name for name in sys.modules if name.startswith("found_app")]:
        del sys.modules[module]


def test_finished_projections_are_found_once_wherever_they_are(package: str) -> None:
    found = ProjectionsIn(package)
    assert [each.__name__ for each in found] == ["Customer", "Order"]
    assert len(found) == 2
    assert found[0].__name__ == "Customer"


def test_nothing_is_imported_before_somebody_looks(package: str) -> None:
    found = ProjectionsIn(package)
    assert f"{package}.shop.order" not in sys.modules
    assert list(found)
    assert f"{package}.shop.order" in sys.modules


def test_a_module_alone_will_do(package: str) -> None:
    assert [each.__name__ for each in ProjectionsIn(f"{package}.shop.order")] == ["Order"]
