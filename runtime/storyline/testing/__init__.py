"""For the tests of applications: clients in memory, given/when/then, databases without a set-up.

A name is imported when it is first used. `storyline.testing.plugin` is loaded by pytest alone; all
else but the contract needs no pytest.
"""

from typing import TYPE_CHECKING

from storyline.lazy import lazy_exports

if TYPE_CHECKING:
    from storyline.testing._async.clients import (
        AsyncInMemoryEventClient as AsyncInMemoryEventClient,
    )
    from storyline.testing._async.scenarios import async_given as async_given
    from storyline.testing._sync.clients import InMemoryEventClient as InMemoryEventClient
    from storyline.testing._sync.scenarios import given as given
    from storyline.testing.errors import NotInMemoryError as NotInMemoryError
    from storyline.testing.projections import projected as projected

_DEFINED = {
    "AsyncInMemoryEventClient": "storyline.testing._async.clients",
    "InMemoryEventClient": "storyline.testing._sync.clients",
    "NotInMemoryError": "storyline.testing.errors",
    "async_given": "storyline.testing._async.scenarios",
    "given": "storyline.testing._sync.scenarios",
    "projected": "storyline.testing.projections",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_exports(__name__, _DEFINED)
    __all__ = sorted(_DEFINED)
