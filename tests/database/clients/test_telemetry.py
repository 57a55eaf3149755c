"""What an application that uses OpenTelemetry is told; and what one without it does not pay."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from psycopg.conninfo import make_conninfo

from database.journals import Journals
from storyline import (
    AsyncEventClient,
    ConflictError,
    EventClient,
    Projector,
    SingleStreamValidator,
    observe_projections,
)
from storyline.testing.contract.story import (
    HOME,
    MILK,
    SAMPLE,
    TEA,
    ItemAdded,
    ListEvent,
    added,
    completed,
    list_stream,
)

STREAM = list_stream(list_id=HOME)
APPEND = "append sample.events"
READ = "read sample.events"

spans = InMemorySpanExporter()
tracing = TracerProvider()
tracing.add_span_processor(SimpleSpanProcessor(spans))


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemoryMetricReader]:
    reader = InMemoryMetricReader()
    meters = MeterProvider([reader])
    spans.clear()
    monkeypatch.setattr(trace, "get_tracer", tracing.get_tracer)
    monkeypatch.setattr(metrics, "get_meter_provider", lambda: meters)
    monkeypatch.setattr(metrics, "get_meter", meters.get_meter)
    yield reader
    meters.shutdown()


def told() -> list[tuple[str, Mapping[str, Any]]]:
    return [(span.name, dict(span.attributes or {})) for span in finished()]


def finished() -> tuple[ReadableSpan, ...]:
    return spans.get_finished_spans()


def points(reader: InMemoryMetricReader) -> dict[str, list[Any]]:
    data = reader.get_metrics_data()
    assert data is not None
    return {
        metric.name: list(metric.data.data_points)
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }


class Anything(SingleStreamValidator[ListEvent, ItemAdded]):
    def is_valid(self) -> bool:
        return True


def test_an_append_says_how_many_events_of_which_types(
    sample_dsn: str, reader: InMemoryMetricReader
) -> None:
    with EventClient(SAMPLE, sample_dsn) as client:
        client.save_events([added(MILK), added(TEA), completed(MILK)])
        client.get_event_stream(STREAM)
    (append, attributes), (read, read_attributes) = told()
    assert (append, read) == (APPEND, READ)
    assert attributes == {
        "db.system.name": "postgresql",
        "db.operation.name": "append",
        "db.collection.name": "sample.events",
        "db.operation.batch.size": 3,
        "storyline.event.types": ("ITEM_ADDED", "ITEM_COMPLETED"),
    }
    assert read_attributes["db.response.returned_rows"] == 3
    found = points(reader)
    assert {
        point.attributes["db.operation.name"] for point in found["db.client.operation.duration"]
    } == {
        "append",
        "read",
    }
    assert [point.sum for point in found["db.client.response.returned_rows"]] == [3]
    assert found["db.client.connection.wait_time"][0].count == 2


def test_conflicts_and_retries_are_counted_by_validator(
    sample_dsn: str, reader: InMemoryMetricReader
) -> None:
    with EventClient(SAMPLE, sample_dsn) as client:
        validator = Anything(client, STREAM).apply(added(MILK)).refresh()
        client.save_event(added(TEA))
        validator.save(retries=1)
        validator.apply(added(MILK)).refresh()
        client.save_event(added(TEA))
        with pytest.raises(ConflictError):
            validator.save()
    counted = {
        (point.attributes["storyline.outcome"], point.attributes["storyline.is_retry"]): point.value
        for point in points(reader)["storyline.decisions"]
        if point.attributes["storyline.validator"] == "Anything"
    }
    assert counted == {("ConflictError", False): 2, ("saved", True): 1}
    failed = [span for span in finished() if span.status.status_code is trace.StatusCode.ERROR]
    assert [dict(span.attributes or {})["error.type"] for span in failed] == ["ConflictError"] * 2


def test_the_asynchronous_client_tells_the_same_under_the_callers_span(
    sample_dsn: str, reader: InMemoryMetricReader
) -> None:
    async def save() -> None:
        async with AsyncEventClient(SAMPLE, sample_dsn) as client:
            with tracing.get_tracer("test").start_as_current_span("request"):
                await client.save_event(added(MILK))
                await client.get_latest_event(STREAM)

    asyncio.run(save())
    append, read, request = finished()
    assert (append.name, read.name, request.name) == (APPEND, READ, "request")
    assert request.context is not None
    for span in (append, read):
        assert span.parent is not None
        assert span.parent.span_id == request.context.span_id


def test_neither_data_nor_the_dsn_is_told(sample_dsn: str, reader: InMemoryMetricReader) -> None:
    dsn = make_conninfo(sample_dsn, password="secret-word", application_name="secret-name")
    with EventClient(SAMPLE, dsn) as client:
        validator = Anything(client, STREAM).apply(added(MILK)).refresh()
        client.save_event(added(TEA))
        with pytest.raises(ConflictError):
            validator.save()
        client.get_event_stream(list_stream(list_id=HOME))
    said = " ".join(span.to_json() for span in finished()) + str(points(reader))
    for secret in ("secret", "milk", "Milk", "tea", "home"):
        assert secret not in said


def test_without_opentelemetry_nothing_of_it_is_imported(sample_dsn: str) -> None:
    code = (
        "import sys\n"
        "from storyline.testing.contract.story import HOME, MILK, SAMPLE, added, list_stream\n"
        "from storyline import EventClient\n"
        f"with EventClient(SAMPLE, {sample_dsn!r}) as client:\n"
        "    client.save_event(added(MILK))\n"
        "    client.get_event_stream(list_stream(list_id=HOME))\n"
        "print(*(name for name in sys.modules if 'telemetry' in name))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="tests"
    )
    assert done.stdout.split() == ["storyline.telemetry"]


def test_projections_and_subscriptions_are_measured(
    reader: InMemoryMetricReader, sample_dsn: str
) -> None:
    with EventClient(SAMPLE, sample_dsn) as client:
        observe_projections(client)
        client.save_events([added(MILK), added(TEA)])
        Projector(client, [Journals]).run_until_caught_up()
        next(iter(client.subscribe(STREAM, name="mail", after=1)))
        client.save_event(added(MILK))
        found = gauges(reader)
    assert found["storyline.projection.position", "journal"] == 2
    assert found["storyline.projection.lag", "journal"] == 1
    assert 0 < found["storyline.projection.lag.time", "journal"] < 60
    assert found["storyline.projection.owners", "journal"] == 0
    assert found["storyline.projection.stopped", "journal"] == 0
    assert found["storyline.projection.lag", "mail"] == 2


def gauges(reader: InMemoryMetricReader) -> dict[tuple[str, str], float]:
    """By the name of the gauge, and of what it measures."""
    return {
        (metric.name, name(point.attributes or {})): point.value
        for resource in collected(reader).resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name.startswith("storyline.projection.")
        for point in metric.data.data_points
    }


def name(attributes: Mapping[str, Any]) -> str:
    return str(attributes.get("storyline.projection") or attributes.get("storyline.subscription"))


def collected(reader: InMemoryMetricReader) -> Any:
    return reader.get_metrics_data()
