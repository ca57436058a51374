"""What the owner of an account is told about those who come in as them, or try to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from daemun.core.address import truncated
from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Asleep, EmailUnverified, Entered, Limited
from daemun.features.sessions import described
from daemun.features.signin.door import Door
from daemun.features.signin.events import NEW_CLIENT
from daemun.ports.database import Work
from daemun.web.visit import Visit

SESSIONS_PAGE: Final = "/account/sessions"


@dataclass(frozen=True, slots=True)
class Telling:
    door: Door

    def who_came_in(self, work: Work, user: Entered, session_id: str, *, device_known: bool) -> None:
        """A device that is known is nothing new, wherever it is."""
        is_news = user.new_client and not device_known
        account = self.door.identity.directory.account(work, user.id) if user.woke or user.lifted or is_news else None
        if account is None:
            return
        if user.woke:
            self.door.write(work, "account_awake", account)
        if user.lifted:
            self.door.write(work, "account_lifted", account)
        if is_news:
            seen, country = work.circumstance, self.door.country(work)
            device = described(seen.agent)
            work.publish(NEW_CLIENT.by(user.actor, work.now, resource_id=session_id, target=user.id, device=device, country=country))
            self.door.write(
                work,
                "new_device",
                account,
                link=Secret(self.door.base + SESSIONS_PAGE),
                device=device or self.door.words.say(account.language, "unknown_device"),
                place=self.door.place(account.language, country),
                address=truncated(seen.address),
                time=self.door.moment(account.language, work.now),
            )

    def limited(self, work: Work, limited: Limited) -> Refusal:
        if limited.warns:
            self.of_strangers(work, limited)
        return self.door.identity.limit(work, limited)

    def of_strangers(self, work: Work, limited: Limited) -> None:
        """Strangers have shut the account to other strangers: its owner gets a link that opens it. For nobody the same is written."""
        found = self.door.identity.directory.account(work, limited.user_id or "")
        account = found if found is not None and found.status in ("NORMAL", "SLEEP") else None
        user_id, email = (account.id, self.door.identity.mailbox.opens(work, account)) if account else ("", "")
        link = self.door.link("/unlock", self.door.identity.links.issue(work, "unlock", user_id=user_id, email=email).token)
        if account:
            self.door.write(work, "unlock", account, to=email, link=link)
        else:
            self.door.write_to(work, "unlock", "", name="", handle="", link=link)

    async def how_to_go_on(self, visit: Visit, login: str, refusal: Asleep | EmailUnverified) -> None:
        """Asked for by the right password alone; still not more often than letters may be."""
        try:
            may = await self.door.identity.count_recovery(visit, login)
        except Refusal:
            return
        if may:
            await visit.work(self._way_on, refusal, visit.browser.flow)

    def _way_on(self, work: Work, refusal: Asleep | EmailUnverified, browser: str) -> None:
        account = self.door.identity.directory.account(work, refusal.user.id)
        if account is None:
            return
        links = self.door.identity.links
        if isinstance(refusal, Asleep):
            where = self.door.identity.mailbox.opens(work, account)
            issued = links.issue(work, "wake", user_id=account.id, email=where, browser=browser)
            by_link = self.door.identity.rules.sleep_wake == "email"
            code = None if by_link or not browser else issued.code
            self.door.write(work, "wake", account, to=where, link=self.door.link("/restore", issued.token), code=code)
        else:
            issued = links.issue(work, "verify", user_id=account.id, email=account.email, browser=browser)
            # A code is typed into the browser that asked for it: without one it is of no use.
            self.door.write(
                work, "verify_email", account, link=self.door.link("/verify", issued.token), code=issued.code if browser else None
            )
