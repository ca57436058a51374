"""What mail hands over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from daemun.core.measures import OUTBOX, OUTBOX_AGE
from daemun.features.mail import mailbox, routes, store
from daemun.features.mail.deliver import Deliver
from daemun.features.mail.events import EVENTS
from daemun.features.mail.letterbook import LetterBook
from daemun.features.mail.service import Mail
from daemun.plugin import Background, Chore, Feature, Number, Permission, Transaction, Visit
from daemun.ports.post import Post
from daemun.ports.system import Clock, Entropy

HERE = Path(__file__).parent
REMEMBERED = timedelta(days=30)
PERMISSIONS = (
    Permission("letters.read", "편지의 상태 보기", "See what became of letters", ("user_admin", "support_admin")),
    Permission("letters.send", "보내지 못한 편지 다시 보내기", "Send failed letters again", ("user_admin", "support_admin")),
)


def feature(mail: Mail, book: LetterBook, post: Post | None, clock: Clock, entropy: Entropy) -> Feature:
    """Without a post nothing is sent: letters are kept for dev, or void."""
    boxes = (mailbox.router(mail, book),) if mail.becomes == "kept" else ()
    return Feature(
        "mail",
        routers=(routes.router(mail), *boxes),
        permissions=PERMISSIONS,
        events=EVENTS,
        locale=HERE / "locale",
        sensitive=("/api/v1/letters",),
        migrations=HERE / "migrations",
        chores=(Chore("mail.sweep", timedelta(hours=6), "오래된 편지 기록 지우기", "Forget old letters", _sweep),),
        about=mail.about,
        numbers=_numbers,
        background=_workers(mail, book, post, clock, entropy),
    )


def _workers(mail: Mail, book: LetterBook, post: Post | None, clock: Clock, entropy: Entropy) -> tuple[Background, ...]:
    return (Background("mail.deliver", Deliver(mail, book, post, clock, entropy).run),) if post is not None else ()


def _numbers(tx: Transaction) -> Iterable[Number]:
    many, since = store.waiting(tx)
    yield OUTBOX, many, ("waiting",)
    yield OUTBOX, store.failures(tx), ("failed",)
    yield OUTBOX_AGE, max(0.0, (tx.now - since).total_seconds()) if since else 0.0, ()


async def _sweep(visit: Visit) -> int:
    done = 0
    while (count := await visit.work(store.sweep, REMEMBERED)) > 0:
        done += count
    return done
