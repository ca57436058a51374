"""A tool of one's own, outside the package: `DAEMUN_TOOLS=hello_tool PYTHONPATH=examples/hello_tool .venv/bin/daemun serve`.

It has a setting, a permission, an event, a sentence of its own and a route, and imports nothing but `daemun.plugin`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from daemun.plugin import (
    APIRouter,
    Body,
    Conflict,
    CurrentVisit,
    EventKind,
    Feature,
    Kit,
    Permission,
    Work,
    refuses,
    requires,
    setting,
)

GREETED = EventKind("hello.greet", "success", "data", resource_type="greeting", fields={"times": "public"})


@dataclass(frozen=True, slots=True)
class HelloSettings:
    greeting: str = setting("안녕하세요", ko="인사말", en="The greeting")


class NobodyToGreet(Conflict):
    code = "nobody_to_greet"


class Greeting(Body):
    text: str


def plug(kit: Kit) -> Feature:
    settings = kit.section("hello", HelloSettings)
    routes = APIRouter(tags=["hello"])

    @routes.post("/hello/{name}", dependencies=[requires("hello.greet")], responses=refuses(NobodyToGreet))
    async def hello(visit: CurrentVisit, name: str) -> Greeting:
        if not name.strip():
            raise NobodyToGreet

        def story(work: Work) -> None:
            work.publish(GREETED.by(visit.actor, work.now, times=1))

        await visit.work(story)
        return Greeting(text=f"{settings.greeting}, {name}!")

    return Feature(
        "hello",
        routers=(routes,),
        permissions=(Permission("hello.greet", "인사하기", "Greet somebody", roles=("user",)),),
        events=(GREETED,),
        locale=Path(__file__).parent / "locale",
    )
