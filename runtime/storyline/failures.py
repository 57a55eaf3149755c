"""What can go wrong with the database or on the way to it: one class for each thing to do about it.

A leaf, as `errors` is: it knows neither the driver nor any statement.
"""

from __future__ import annotations

from collections.abc import Sequence

from storyline.errors import StorylineError


class UnreachableError(StorylineError):
    """No connection can be made: the server is down, refuses us, or has no such database.

    Nothing was sent. `reason` is what the driver says; it never holds the password.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The database cannot be reached: {_line(reason)}.")


class PoolExhaustedError(StorylineError):
    """All connections of the pool were in use for longer than a caller waits. Nothing was sent."""

    def __init__(self, timeout: float, max_size: int, waiting: int) -> None:
        self.timeout = timeout
        self.max_size = max_size
        self.waiting = waiting
        super().__init__(
            f"No connection came free within {timeout:g} s: the pool has at most {max_size}, and"
            f" {waiting} other calls wait. Make it larger, or hold connections for a shorter time."
        )


class PoolClosedError(StorylineError):
    """The client was closed, or the pool that it was given is not open. Nothing was sent."""

    def __init__(self, is_given: bool) -> None:
        self.is_given = is_given
        super().__init__(
            "The pool that the client was given is not open. Open it before the first call, and"
            " close it after the last."
            if is_given
            else "The client was closed. Make another, or close it after the last call."
        )


class ConnectionLostError(StorylineError):
    """The connection broke before the answer came. The next call gets a new one.

    Reads, and saves of projections, can be repeated. A transaction may have been committed: repeat
    it with the same `command_id`s.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"The connection was lost before the answer came: {_line(reason)}. Ask again."
        )


class OutcomeUnknownError(StorylineError):
    """An append was sent, and no answer came: its events are recorded, or not.

    Retry with the same `command_id`, which records them at most once; where it is None, look into
    the stream before appending again.
    """

    def __init__(self, event_types: Sequence[str], command_id: object, reason: str) -> None:
        self.event_types = tuple(event_types)
        self.command_id = command_id
        self.reason = reason
        way = (
            "Read whether they are there before you append again."
            if command_id is None
            else f"Retry with the same command_id, `{command_id}`."
        )
        super().__init__(
            f"Outcome unknown: whether {len(self.event_types)} events were saved, the server did"
            f" not say ({_line(reason)}). {way}"
        )


class MissingMigrationError(StorylineError):
    """The database lacks the story's tables, or has an older form of them.

    `missing` names what this code uses and is not there; all of it where nothing is.
    """

    def __init__(self, story: str, database: str, missing: Sequence[str], whole: bool) -> None:
        self.story = story
        self.database = database
        self.missing = tuple(missing)
        self.whole = whole
        found = (
            f"has no tables of story `{story}`"
            if whole
            else f"has another form of story `{story}`: it lacks `{'`, `'.join(self.missing)}`"
        )
        super().__init__(f"The database `{database}` {found}. Run `storyline migrate up` on it.")


class WrongStoryError(StorylineError):
    """The tables in the story's PostgreSQL schema are those of another story."""

    def __init__(self, story: str, found: str, schema: str, database: str) -> None:
        self.story = story
        self.found = found
        self.schema = schema
        self.database = database
        super().__init__(
            f"The tables in `{schema}` of database `{database}` belong to story `{found}`, not to"
            f" `{story}`. Give each story a schema or a database of its own."
        )


class ReadOnlyError(StorylineError):
    """Nothing can be saved here: the server is a replica, or the session may only read."""

    def __init__(self, database: str, is_replica: bool) -> None:
        self.database = database
        self.is_replica = is_replica
        reason = (
            "the server is a replica. Connect to its primary"
            if is_replica
            else "the session is read-only. Look for `default_transaction_read_only`"
        )
        super().__init__(f"Nothing was saved in database `{database}`: {reason}.")


class MissingPrivilegeError(StorylineError):
    """The role may not do what was asked of it; nothing was saved."""

    def __init__(self, role: str, reason: str) -> None:
        self.role = role
        self.reason = reason
        super().__init__(
            f"Role `{role}` lacks a privilege: {_line(reason)}."
            " See `Privileges` in `runtime/guide.md`."
        )


class IsolationError(StorylineError):
    """Nothing was saved: at a stricter level an append cannot follow one that came in between."""

    def __init__(self, level: str) -> None:
        self.level = level
        super().__init__(
            f"Nothing was saved: at isolation level `{level}` an append cannot follow another that"
            " came in between. Use `read committed`."
        )


def _line(reason: str) -> str:
    """The first line of what a server or driver says."""
    return reason.strip().partition("\n")[0].removesuffix(".") or "it says no more"
