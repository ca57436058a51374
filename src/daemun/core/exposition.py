"""Numbers as Prometheus reads them: text exposition format 0.0.4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from daemun.core.measures import Measure
from daemun.core.meter import Key, Values

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def exposed(readings: Mapping[Key, Values], measures: Iterable[Measure]) -> str:
    by_name: dict[str, list[Key]] = {}
    for key in sorted(readings):
        by_name.setdefault(key[0], []).append(key)
    return "".join(line + "\n" for each in measures for line in _family(each, by_name.get(each.name, []), readings))


def _family(measure: Measure, keys: Sequence[Key], readings: Mapping[Key, Values]) -> Iterator[str]:
    yield f"# HELP {measure.name} {_escaped(measure.en)}"
    yield f"# TYPE {measure.name} {measure.kind}"
    for key in keys:
        labels = list(zip(measure.labels, key[1:], strict=True))
        if measure.kind == "histogram":
            yield from _histogram(measure, labels, readings[key])
        else:
            yield _line(measure.name, labels, readings[key][0])


def _histogram(measure: Measure, labels: list[tuple[str, str]], values: Values) -> Iterator[str]:
    total = 0.0
    for bound, count in zip((*map(_number, measure.bounds), "+Inf"), values, strict=False):
        total += count
        yield _line(f"{measure.name}_bucket", [*labels, ("le", bound)], total)
    yield _line(f"{measure.name}_sum", labels, values[-1])
    yield _line(f"{measure.name}_count", labels, total)


def _line(name: str, labels: Sequence[tuple[str, str]], value: float) -> str:
    told = ",".join(f'{label}="{_escaped(text, quotes=True)}"' for label, text in labels)
    return f"{name}{{{told}}} {_number(value)}" if told else f"{name} {_number(value)}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _escaped(text: str, *, quotes: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text
