"""What can go wrong: one class for each thing a caller may do about it, its facts as attributes.

A leaf: it knows events only as values that it carries.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from storyline.events import Recorded
    from storyline.queries import Query


class StorylineError(Exception):
    """The base of every error that Storyline raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        """An error reaches the parent of a process with its attributes, not by its constructor."""
        return _unpickled, (type(self), self.args), vars(self)


def _unpickled(kind: type[StorylineError], args: tuple[Any, ...]) -> StorylineError:
    return kind.__new__(kind, *args)


class ConflictError(StorylineError):
    """Events were recorded that the decision had not seen; nothing was saved.

    `events` are all events after `latest_event_id` that match `query`, oldest first: fold them and
    decide again.
    """

    def __init__(
        self, events: tuple[Recorded[Any], ...], query: Query[Any], latest_event_id: int
    ) -> None:
        self.events = events
        self.query = query
        self.latest_event_id = latest_event_id
        found = ", ".join(f"`{event.type}` ({event.id})" for event in events[:3])
        more = f" and {len(events) - 3} more" if len(events) > 3 else ""
        super().__init__(f"Nothing was saved: after event {latest_event_id} came {found}{more}.")


class LostEventError(StorylineError):
    """A decision or a reader goes on from an event that is not in the log. Read again.

    Nothing was saved. A crash took the event, before its writer was told that it is safe, and may
    have given its id to another; or it was read from another log.
    """

    def __init__(self, event_id: int, created_at: datetime | None) -> None:
        self.event_id = event_id
        self.created_at = created_at
        when = f" of {created_at.isoformat(' ')}" if created_at else ""
        super().__init__(f"The log does not hold event {event_id}{when} any more.")


class CommandReusedError(StorylineError):
    """A command's id was given to another command before; nothing was saved.

    That one has appended the events from `first_id` to `last_id`, which say something else.
    """

    def __init__(self, command_id: str, first_id: int, last_id: int) -> None:
        self.command_id = command_id
        self.first_id = first_id
        self.last_id = last_id
        super().__init__(
            f"Nothing was saved: command `{command_id}` has appended other events before,"
            f" {first_id} to {last_id}."
        )


class RefusedError(StorylineError):
    """A validator said no; nothing was saved. Raise it in `is_valid` to give another reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class NotEmittedError(StorylineError):
    """An event was applied to a validator that is not for it; nothing was saved."""

    def __init__(self, validator: str, type: str) -> None:
        self.validator = validator
        self.type = type
        super().__init__(
            f"`{validator}` does not emit `{type}`. Name it under `emits`, in the schema, if the"
            " rule is for it as well."
        )


class NothingToSaveError(StorylineError):
    """There is no event to save."""

    def __init__(self) -> None:
        super().__init__("There is no event to save.")


class TransactionOverError(StorylineError):
    """The block of `client.transaction()` was left; its connection is somebody else's by now."""

    def __init__(self) -> None:
        super().__init__("The transaction is over. Use the client that began it.")


class OutOfRangeError(StorylineError, ValueError):
    """An event's id, a limit or the size of a page that none can be: too small, or beyond 64 bits.

    `name`: the argument.
    """

    def __init__(self, name: str, value: int, least: int, most: int) -> None:
        self.name = name
        self.value = value
        bound = f"at least {least}" if value < least else f"at most {most}"
        super().__init__(f"`{name}` must be {bound}, and is {value}.")


class ProjectionError(StorylineError):
    """A projection cannot be saved: it has applied events, or no event at all."""

    def __init__(self, projection_type: str, id: str, applied: int) -> None:
        self.projection_type = projection_type
        self.id = id
        self.applied = applied
        reason = f"it has {applied} applied but unrecorded" if applied else "it has no"
        super().__init__(
            f"Projection `{projection_type}` of `{id}` cannot be saved: {reason} events."
        )


class ProjectionOnDemandError(StorylineError):
    """Only who asks for the projection knows what it reads: nothing can keep its states up to date.

    None of its events has its key, or a filter that it reads has parameters.
    """

    def __init__(self, projection_type: str) -> None:
        self.projection_type = projection_type
        super().__init__(
            f"Projection `{projection_type}` is computed on demand only: its events do not say"
            " which states they touch."
        )


class ProjectionStoppedError(StorylineError):
    """An event is in the way of a projection: its fold failed there, and may not go on without it.

    Mend the fold and run it again, or see `storyline projections parked`.
    """

    def __init__(self, projection_type: str, event_id: int, reason: str) -> None:
        self.projection_type = projection_type
        self.event_id = event_id
        self.reason = reason
        super().__init__(
            f"Projection `{projection_type}` stands still before event {event_id}: {reason}"
        )


class SubscriptionKeyError(StorylineError, ValueError):
    """A subscription cannot be shared out by this key."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"Subscription `{name}` {reason}.")


class ProjectionBehindError(StorylineError):
    """In the time that the caller had, a projection did not come as far as the event.

    It has folded everything up to `position`; 0, too, while its first states are being built.
    """

    def __init__(
        self, projection_type: str, version: int, event_id: int, position: int, seconds: float
    ) -> None:
        self.projection_type = projection_type
        self.version = version
        self.event_id = event_id
        self.position = position
        self.seconds = seconds
        super().__init__(
            f"Projection `{projection_type}` version {version} has come to event {position} in"
            f" {seconds:g} s, and not to {event_id}."
        )


class ProjectionNotRunError(StorylineError):
    """No projector runs this version of a projection: it stays where it is."""

    def __init__(self, projection_type: str, version: int) -> None:
        self.projection_type = projection_type
        self.version = version
        super().__init__(
            f"No projector runs version {version} of projection `{projection_type}`."
            " Start `storyline projections run`."
        )


class ProjectionNotBuiltError(StorylineError):
    """A projector has yet to build the states of this version; until then there is no answer."""

    def __init__(self, projection_type: str, version: int) -> None:
        self.projection_type = projection_type
        self.version = version
        super().__init__(f"Version {version} of projection `{projection_type}` is not built yet.")


class StillRunError(StorylineError):
    """What is to be deleted is in use: `owners` are the processes that are at it."""

    def __init__(self, name: str, owners: Sequence[str]) -> None:
        self.name = name
        self.owners = tuple(owners)
        processes = f" by {', '.join(self.owners)}" if owners else ""
        super().__init__(f"`{name}` is being run{processes}. Stop that first.")


class NotKeptError(StorylineError):
    """No subscription has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no subscription `{name}`.")


class UnknownEventError(StorylineError):
    """An event type that the story does not declare: another story's, or newer than this code."""

    def __init__(self, type: str, story: str) -> None:
        self.type = type
        self.story = story
        super().__init__(f"Story `{story}` has no event `{type}`.")


class RetiredEventError(StorylineError):
    """An event that is not recorded any more: it can only be read."""

    def __init__(self, type: str) -> None:
        self.type = type
        super().__init__(f"`{type}` is retired: it can be read, and not be saved.")


class UnreadableEventError(StorylineError):
    """A stored event does not fit its class. `field` is dotted; empty where none is to blame."""

    def __init__(self, id: int, type: str, field: str, reason: str) -> None:
        self.id = id
        self.type = type
        self.field = field
        self.reason = reason
        where = f", field `{field}`" if field else ""
        super().__init__(f"Event {id} of type `{type}`{where} cannot be read: {reason}.")


class UnwritableError(StorylineError):
    """A value cannot be stored so that it can be read again.

    It holds a NUL character, half a surrogate pair, or a number of thousands of digits, or is
    nested about a hundred levels deep; a handler of a projection has returned something else than
    its state; or PostgreSQL does not take it, as an indexed text may mostly have 2,700 bytes.
    """

    def __init__(self, type: str, reason: str) -> None:
        self.type = type
        self.reason = reason
        super().__init__(f"`{type}` cannot be stored: {reason}.")
