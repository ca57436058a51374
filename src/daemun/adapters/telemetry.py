"""The tracer port, answered by OpenTelemetry: spans go to a collector by OTLP/HTTP, in the background and in batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

BROKEN: Final = 500
PARENT: Final = TraceContextTextMapPropagator()
"""`traceparent` of W3C Trace Context, which says of which trace we are a part. Nothing else of the caller is believed."""


class OpenTelemetry:
    """A provider of its own: a host application's is left alone, and its spans become the parents of ours all the same."""

    def __init__(self, endpoint: str, *, headers: Mapping[str, str], sample: float, service: str, version: str) -> None:
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", headers=dict(headers), timeout=10)
        resource = Resource.create({"service.name": service, "service.version": version})
        self._provider = TracerProvider(sampler=ParentBased(TraceIdRatioBased(sample)), resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("daemun", version)

    @contextmanager
    def request(self, method: str, headers: Mapping[str, str]) -> Iterator[RequestSpan]:
        parent = PARENT.extract(headers)
        attributes = {"http.request.method": method}
        with self._tracer.start_as_current_span(method, parent, SpanKind.SERVER, attributes, record_exception=False) as span:
            yield RequestSpan(span, method)

    @contextmanager
    def span(self, name: str, what: object) -> Iterator[None]:
        # An exception's text may say whom it was about: that it was raised is told by its class alone.
        with self._tracer.start_as_current_span(
            name, attributes={"code.function.name": named(what)}, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                raise

    def close(self) -> None:
        self._provider.shutdown()


class RequestSpan:
    def __init__(self, span: trace.Span, method: str) -> None:
        self._span, self._method = span, method

    def answered(self, route: str, status: int, request_id: str, code: str) -> None:
        span = self._span
        span.update_name(f"{self._method} {route}".rstrip())
        told: dict[str, str | int] = {
            "http.response.status_code": status,
            "http.route": route,
            "daemun.request_id": request_id,
            "daemun.refusal": code,
        }
        span.set_attributes({name: value for name, value in told.items() if value != ""})
        if status >= BROKEN:
            span.set_status(StatusCode.ERROR)


def named(what: object) -> str:
    """Of a function, of a step with its arguments bound, or of a service that is called: module and name."""
    while isinstance(what, partial):
        what = what.func
    what = getattr(what, "story", what)
    if not hasattr(what, "__qualname__"):
        what = type(what)
    return f"{getattr(what, '__module__', '')}.{getattr(what, '__qualname__', '')}"
