"""The numbers of `storyline projections status`, as observable gauges of OpenTelemetry."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from storyline.errors import StorylineError
from storyline.projecting.status import Status, statuses

if TYPE_CHECKING:
    from storyline._sync.client import EventClient

log = logging.getLogger("storyline.projector")

_GAUGES: tuple[tuple[str, str, str, Callable[[Status], float]], ...] = (
    ("position", "{event}", "The last event that has been seen.", lambda each: each.position),
    ("lag", "{event}", "Events that have not been seen.", lambda each: each.lag),
    ("lag.time", "s", "Age of the first that has not been seen.", lambda each: each.lag_seconds),
    ("rate", "{event}/s", "Events of the log a second.", lambda each: each.rate),
    ("owners", "{process}", "Processes at work.", lambda each: len(each.owners)),
    ("shards", "{shard}", "Shards that somebody is at.", lambda each: each.leased_shards),
    ("parked", "{event}", "Parked events.", lambda each: each.parked),
    (
        "stopped",
        "{event}",
        "1 where it stands still.",
        lambda each: each.stopped_before is not None,
    ),
)


def observe_projections(client: EventClient) -> None:
    """Measures the projections and subscriptions of a story whenever metrics are collected.

    Does nothing where the application does not use OpenTelemetry. One statement for all gauges of a
    collection would need a hook that it does not have: each gauge asks for itself.
    """
    metrics = sys.modules.get("opentelemetry.metrics")
    if metrics is None:
        return
    meter = metrics.get_meter("storyline")
    for name, unit, description, value in _GAUGES:
        meter.create_observable_gauge(
            f"storyline.projection.{name}",
            callbacks=[_measured(client, value, metrics.Observation)],
            unit=unit,
            description=description,
        )


def _measured(
    client: EventClient, value: Callable[[Status], float], observation: Any
) -> Callable[[object], Iterable[Any]]:
    def measure(_: object) -> Iterable[Any]:
        try:
            rows = client.log.fetch(statuses(client.story))
        except StorylineError as error:
            log.warning("could not measure projections: %s", type(error).__name__)
            return []
        found = [Status(*row) for row in rows]
        return [observation(float(value(each)), _attributes(client, each)) for each in found]

    return measure


def _attributes(client: EventClient, status: Status) -> dict[str, str | int]:
    kind = "subscription" if status.is_subscription else "projection"
    return {
        "storyline.story": client.story.name,
        f"storyline.{kind}": status.name,
        "storyline.version": status.version,
        "storyline.build": status.build,
        "storyline.status": status.status,
    }
