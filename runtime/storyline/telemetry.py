"""Spans and metrics, where the application uses OpenTelemetry; else nothing, not even an import.

Whoever configures OpenTelemetry has imported it: so it is looked up, and never imported here. Names
are those of its conventions for databases where there are any. No event data, no values of a query,
no text of an error, and nothing of a DSN.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from storyline.events import Event
    from storyline.story import Story

_NAME = "storyline"


class _Instruments(NamedTuple):
    duration: Any
    returned_rows: Any
    wait_time: Any
    decisions: Any


class Operation:
    """What becomes known of an operation while it runs."""

    rows: int | None = None


_known: tuple[object, _Instruments] | None = None
"""The instruments of the provider that was met last; a program has one."""

_UNOBSERVED = nullcontext(Operation())
"""Nobody reads what becomes known of it."""


def operation(
    story: Story, name: str, events: Collection[Event] = ()
) -> AbstractContextManager[Operation]:
    """A span, and how long it took. For an append also how many events, and of which types."""
    trace = sys.modules.get("opentelemetry.trace")
    return _UNOBSERVED if trace is None else _span(trace, story, name, events)


@contextmanager
def _span(trace: Any, story: Story, name: str, events: Collection[Event]) -> Generator[Operation]:
    observed = Operation()
    collection = f"{story.schema}.events"
    common: dict[str, Any] = {
        "db.system.name": "postgresql",
        "db.operation.name": name,
        "db.collection.name": collection,
    }
    tracer = trace.get_tracer(_NAME)
    began = perf_counter()
    with tracer.start_as_current_span(
        f"{name} {collection}",
        kind=trace.SpanKind.CLIENT,
        attributes={**common, **_told_of(events)},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield observed
        except BaseException as error:
            common["error.type"] = type(error).__name__
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(trace.StatusCode.ERROR)
            raise
        finally:
            if observed.rows is not None:
                span.set_attribute("db.response.returned_rows", observed.rows)
            _measured(perf_counter() - began, observed.rows, common)


def waited(pool: str, seconds: float) -> None:
    """For a connection of a pool."""
    if instruments := _instruments():
        instruments.wait_time.record(seconds, {"db.client.connection.pool.name": pool})


def decision(validator: object, attempt: int) -> AbstractContextManager[object]:
    """An attempt to save. The outcome is `saved`, or the class of the error: the share of
    `ConflictError` is a validator's conflict rate. What is no first attempt is a retry.
    """
    is_told = "opentelemetry.metrics" in sys.modules
    return _counted(validator, attempt) if is_told else _UNOBSERVED


@contextmanager
def _counted(validator: object, attempt: int) -> Generator[None]:
    outcome = "saved"
    try:
        yield
    except BaseException as error:
        outcome = type(error).__name__
        raise
    finally:
        if instruments := _instruments():
            attributes = {
                "storyline.validator": type(validator).__qualname__,
                "storyline.outcome": outcome,
                "storyline.is_retry": attempt > 0,
            }
            instruments.decisions.add(1, attributes)


def _told_of(events: Collection[Event]) -> dict[str, Any]:
    if not events:
        return {}
    types = sorted({event.__type__ for event in events})
    return {"db.operation.batch.size": len(events), "storyline.event.types": types}


def _measured(seconds: float, rows: int | None, attributes: dict[str, Any]) -> None:
    if instruments := _instruments():
        instruments.duration.record(seconds, attributes)
        if rows is not None:
            instruments.returned_rows.record(rows, attributes)


def _instruments() -> _Instruments | None:
    global _known
    metrics = sys.modules.get("opentelemetry.metrics")
    if metrics is None:
        return None
    provider = metrics.get_meter_provider()
    if _known is None or _known[0] is not provider:
        _known = provider, _made(metrics.get_meter(_NAME))
    return _known[1]


def _made(meter: Any) -> _Instruments:
    return _Instruments(
        duration=meter.create_histogram("db.client.operation.duration", "s"),
        returned_rows=meter.create_histogram("db.client.response.returned_rows", "{row}"),
        wait_time=meter.create_histogram("db.client.connection.wait_time", "s"),
        decisions=meter.create_counter(
            "storyline.decisions", "{decision}", "Attempts to save, by validator and outcome."
        ),
    )
