"""What people say of themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace

from daemun.core.actor import Actor
from daemun.core.circumstance import Language
from daemun.core.errors import Flaw, Malformed, Refusal
from daemun.features.identity.accounts import store
from daemun.features.identity.accounts.models import Account, UserMissing
from daemun.features.identity.events import LANGUAGE_CHANGED, RENAMED
from daemun.features.identity.names import is_name, name_key
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True)
class Profile:
    def rename(self, work: Work, user_id: str, name: str, *, by: Actor) -> Account | Refusal:
        """The same name again is no change, and says nothing."""
        name = name.strip()
        if not is_name(name):
            return Malformed(Flaw("name", "name_form"))
        account = store.locked(work, user_id)
        if account is None:
            return UserMissing()
        if account.name == name:
            return account
        store.write(work, user_id, {"name": name, "name_key": name_key(name)})
        work.publish(RENAMED.by(by, work.now, resource_id=user_id, target=user_id, old=account.name, new=name))
        return replace(account, name=name)

    def speak(self, work: Work, user_id: str, language: Language, *, by: Actor) -> Account | Refusal:
        """In which language letters are written to them."""
        account = store.locked(work, user_id)
        if account is None:
            return UserMissing()
        if account.language == language:
            return account
        store.write(work, user_id, {"language": language})
        work.publish(LANGUAGE_CHANGED.by(by, work.now, resource_id=user_id, target=user_id, old=account.language, new=language))
        return replace(account, language=language)
