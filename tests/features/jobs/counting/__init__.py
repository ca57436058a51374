"""A tool for tests whose jobs count, and tell what they do: in a table exactly once, in a file each time."""

from __future__ import annotations

import os
import time
from pathlib import Path

from sqlalchemy import column, insert, table

from daemun.plugin import (
    APIRouter,
    Body,
    CurrentVisit,
    Doing,
    Feature,
    JobKind,
    Kit,
    Permission,
    Queued,
    Unsuitable,
    Visit,
    Work,
    requires,
    signed_in,
)

HERE = Path(__file__).parent
COUNTED = table("counted", column("job"), column("number"))


class Uncountable(Unsuitable):
    code = "uncountable"


class Order(Body):
    upto: int
    pause: float = 0.0
    kind: str = "counting.count"


def plug(kit: Kit) -> Feature:
    def count(doing: Doing) -> dict[str, int]:
        upto, pause = doing.params["upto"], doing.params["pause"]
        file = doing.file("수.txt", "text/plain")
        for number in range(upto):
            with (kit.data / "ticks").open("a") as ticks:
                ticks.write(f"{doing.id} {os.getpid()} {number}\n")
            doing.once(f"number {number}", counted, doing.id, number)
            doing.progress(number + 1, upto)
            time.sleep(pause)
        file.write_text("\n".join(map(str, range(upto))))
        return {"counted": upto}

    def refuse(doing: Doing) -> dict[str, int]:
        raise Uncountable

    def fall(doing: Doing) -> dict[str, int]:
        raise ZeroDivisionError(doing.id)

    kinds = {
        "counting.count": JobKind("counting.count", "세기", "Count", count),
        "counting.secretly": JobKind("counting.secretly", "몰래 세기", "Count secretly", count, permission="counting.see"),
        "counting.refuse": JobKind("counting.refuse", "거절하기", "Refuse", refuse),
        "counting.fall": JobKind("counting.fall", "넘어지기", "Fall", fall),
    }
    routes = APIRouter(prefix="/counting")

    @routes.post("", status_code=202, dependencies=[signed_in()])
    async def submit(visit: CurrentVisit, order: Order) -> Queued:
        kit.data.mkdir(parents=True, exist_ok=True)
        return Queued.of(await visit.work(submitted, visit, order))

    @routes.get("/seen", dependencies=[requires("counting.see")])
    async def seen() -> list[str]:
        return []

    def submitted(work: Work, visit: Visit, order: Order):  # type: ignore[no-untyped-def]  # Job, whichever
        params = {"upto": order.upto, "pause": order.pause}
        return kit.jobs.submit(work, kinds[order.kind], params, by=visit.actor)

    return Feature(
        "counting",
        routers=(routes,),
        permissions=(Permission("counting.see", "센 것 보기", "See what was counted", ("security_admin",)),),
        locale=HERE / "locale",
        migrations=HERE / "migrations",
        jobs=tuple(kinds.values()),
    )


def counted(work: Work, job: str, number: int) -> int:
    work.run(insert(COUNTED).values(job=job, number=number))
    return number
