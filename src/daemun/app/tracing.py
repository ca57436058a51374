"""Who traces: OpenTelemetry where a collector is named, nobody elsewhere."""

from __future__ import annotations

from daemun import __version__
from daemun.app.parsing import Sentence
from daemun.app.settings import SettingsError
from daemun.ports.tracer import NoTracer, Tracer
from daemun.web.settings import TracingSettings


def tracer(chosen: TracingSettings) -> Tracer:
    """Its parts are an extra, and loaded only where they are used."""
    if chosen.endpoint is None:
        return NoTracer()
    try:
        from daemun.adapters.telemetry import OpenTelemetry
    except ImportError:
        raise SettingsError([_missing()]) from None
    pairs = (each.partition("=") for each in (chosen.headers.reveal() if chosen.headers else "").split(",") if "=" in each)
    headers = {name.strip(): value.strip() for name, _, value in pairs}
    return OpenTelemetry(chosen.endpoint, headers=headers, sample=chosen.sample, service=chosen.service, version=__version__)


def _missing() -> Sentence:
    return Sentence(
        "DAEMUN_TRACING__ENDPOINT: 이 설정에는 추가 꾸러미가 필요합니다. 설치: pip install 'daemun[otel]'",
        "DAEMUN_TRACING__ENDPOINT needs an extra package. Install it: pip install 'daemun[otel]'",
    )
