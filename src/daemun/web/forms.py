"""What a form of a page sent: urlencoded, bounded, and asked for by a page of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.requests import Request

from daemun.core.errors import Flaw, Malformed, Refusal
from daemun.core.secret import Secret
from daemun.web.bodies import unprintable
from daemun.web.csrf import FIELD

SCOPE_KEY: Final = "daemun.form"
MOST_FIELDS: Final = 200
KIND: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, kept to be shown again with what is wrong beside it. Empty before anything was typed."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    refusal: Refusal | None = None

    def text(self, name: str) -> str:
        """One line; "" when it is missing. Control characters refuse: no browser sends them from a line."""
        found = self.fields.get(name, ("",))[0]
        if unprintable(found):
            raise Malformed(Flaw(name, "field_control"))
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of one name: boxes of which several may be ticked. Refuses what `text` refuses."""
        found = self.typed(name)
        if any(map(unprintable, found)):
            raise Malformed(Flaw(name, "field_control"))
        return found

    def lines(self, name: str) -> str:
        """Several lines, broken by a line feed."""
        found = "\n".join(self.fields.get(name, ("",))[0].splitlines())
        if unprintable(found.replace("\n", " ").replace("\t", " ")):
            raise Malformed(Flaw(name, "field_control"))
        return found

    def typed(self, name: str) -> tuple[str, ...]:
        """As it came, to be shown again in the field it was typed in."""
        return self.fields.get(name, ())

    def secret(self, name: str) -> Secret:
        return Secret(self.text(name))

    def ticked(self, name: str) -> bool:
        return name in self.fields

    def starting(self, **values: str) -> Form:
        """Filled in before anybody typed."""
        return replace(self, fields=MappingProxyType({name: (value,) for name, value in values.items()} | dict(self.fields)))

    def refused(self, refusal: Refusal) -> Form:
        """The same with what is wrong."""
        return replace(self, refusal=refusal)

    def flaw(self, name: str) -> Flaw | None:
        return next((each for each in self.flaws if each.where == name), None)

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        return tuple(self.refusal.flaws) if self.refusal else ()


async def parsed(request: Request) -> Form:
    """The gate has bounded the body; the number of fields is bounded here."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != KIND:
        raise Malformed(Flaw("body", "field_form"))
    try:
        pairs = parse_qsl((await request.body()).decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Malformed(Flaw("body", "field_form")) from None
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return Form(MappingProxyType(fields))


def given_token(form: Form) -> str:
    """ "" unless it came exactly once."""
    given = form.typed(FIELD)
    return given[0] if len(given) == 1 else ""


async def form_of(request: Request) -> Form:
    """The form of this request, which `PageRoute` has read and found to be ours."""
    found = request.scope.get(SCOPE_KEY)
    if not isinstance(found, Form):
        raise TypeError("a form is read by a PageRoute, and only where something is sent")
    return found


CurrentForm = Annotated[Form, Depends(form_of)]
