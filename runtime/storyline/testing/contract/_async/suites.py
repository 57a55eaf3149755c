"""The whole contract of a client."""

from storyline.testing.contract._async.commands import AsyncCommands
from storyline.testing.contract._async.conditions import AsyncConditions
from storyline.testing.contract._async.decisions import AsyncDecisions
from storyline.testing.contract._async.metadata import AsyncMetadata
from storyline.testing.contract._async.reading import AsyncReading
from storyline.testing.contract._async.saving import AsyncSaving
from storyline.testing.contract._async.states import AsyncStates
from storyline.testing.contract._async.transactions import AsyncTransactions


class AsyncEventClientContract(
    AsyncSaving,
    AsyncReading,
    AsyncConditions,
    AsyncCommands,
    AsyncMetadata,
    AsyncDecisions,
    AsyncStates,
    AsyncTransactions,
):
    """What every client has to do: derive a class of tests, whose name begins with `Test`.

    It needs one fixture, `client`: a new client on an empty log of the story `SAMPLE`. It may
    return anything that has the methods of a client, entered and left as a context manager.
    """
