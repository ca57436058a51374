"""A process without HTTP: it reads people, tells what it did as an event, and acts as the system."""

import asyncio
from datetime import timedelta

from daemun import Daemun, EventKind, Feature, Happening, Sought, Work

COUNTED = EventKind("report.count", "success", "admin", fields={"newcomers": "public"})
gate = Daemun(tools=[Feature("report", events=(COUNTED,))])


@gate.on("report.count")
def tell(work: Work, happening: Happening) -> None:
    """In the event's own transaction; what is slow waits for its commit."""
    line = f"{happening.event.actor}: {happening.event.details['newcomers']} newcomers"
    work.after_commit(lambda: print(line))


async def count(since: timedelta) -> None:
    async with gate.working("report") as visit:
        newcomers = await visit.read(lambda tx: len(gate.people.search(tx, Sought(created_from=tx.now - since, limit=200)).accounts))

        def story(work: Work) -> None:
            work.publish(COUNTED.by(visit.actor, work.now, newcomers=newcomers))

        await visit.work(story)


if __name__ == "__main__":
    asyncio.run(count(timedelta(days=1)))
