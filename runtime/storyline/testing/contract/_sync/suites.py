# Made by runtime/make_sync.py; edit runtime/storyline/testing/contract/_async/suites.py
"""The whole contract of a client."""

from storyline.testing.contract._sync.commands import Commands
from storyline.testing.contract._sync.conditions import Conditions
from storyline.testing.contract._sync.decisions import Decisions
from storyline.testing.contract._sync.metadata import Metadata
from storyline.testing.contract._sync.reading import Reading
from storyline.testing.contract._sync.saving import Saving
from storyline.testing.contract._sync.states import States
from storyline.testing.contract._sync.transactions import Transactions


class EventClientContract(
    Saving,
    Reading,
    Conditions,
    Commands,
    Metadata,
    Decisions,
    States,
    Transactions,
):
    """What every client has to do: derive a class of tests, whose name begins with `Test`.

    It needs one fixture, `client`: a new client on an empty log of the story `SAMPLE`. It may
    return anything that has the methods of a client, entered and left as a context manager.
    """
