"""What every client has to do, as a suite of pytest: for another log, or a wrapper of your own."""

from typing import TYPE_CHECKING

from storyline.lazy import lazy_exports

if TYPE_CHECKING:
    from storyline.testing.contract._async.suites import (
        AsyncEventClientContract as AsyncEventClientContract,
    )
    from storyline.testing.contract._sync.suites import EventClientContract as EventClientContract
    from storyline.testing.contract.story import SAMPLE as SAMPLE

_DEFINED = {
    "AsyncEventClientContract": "storyline.testing.contract._async.suites",
    "EventClientContract": "storyline.testing.contract._sync.suites",
    "SAMPLE": "storyline.testing.contract.story",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_exports(__name__, _DEFINED)
    __all__ = sorted(_DEFINED)
