"""Sessions: opened, turned, ended; and the tokens that stand for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from daemun.core.actor import NOBODY
from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.sessions import store, tokens
from daemun.features.sessions.browsers import Browsers
from daemun.features.sessions.browsing import BrowserSessions
from daemun.features.sessions.devices import Devices
from daemun.features.sessions.errors import InvalidToken, RefreshExpired, RefreshRefused, RefreshReplayed, UnknownToken
from daemun.features.sessions.events import LOGGED_OUT, REFRESH_FAILED, REFRESH_REPLAYED, REFRESHED
from daemun.features.sessions.kept import is_open, owner_of
from daemun.features.sessions.models import AccessClaims, AssuranceLevel, EndedWhy, Family, Holder, RefreshStanding, TokenPair, Turned
from daemun.features.sessions.recognised import Recognised
from daemun.features.sessions.refresh import Presented, is_genuine, jti_of, judge, parse_refresh, refresh_text
from daemun.features.sessions.settings import SessionSettings
from daemun.features.sessions.steps import Steps
from daemun.features.sessions.touches import Touches
from daemun.ports.database import Transaction, Work
from daemun.ports.keyring import Keyring
from daemun.ports.system import Clock, Entropy

REFUSALS: Final[Mapping[str, type[RefreshRefused]]] = {"expired": RefreshExpired, "idle": RefreshExpired, "replayed": RefreshReplayed}


@dataclass(frozen=True, slots=True)
class Sessions(BrowserSessions):
    ring: Keyring
    issuer: str
    clock: Clock
    steps: Steps
    recognised: Recognised

    @classmethod
    def of(cls, rules: SessionSettings, ring: Keyring, *, issuer: str, clock: Clock, entropy: Entropy) -> Self:
        browsers, devices = Browsers(rules, ring, entropy), Devices(ring, entropy)
        return cls(rules, devices, browsers, Touches.of(rules), ring, issuer, clock, Steps(rules, ring), Recognised())

    # Opening and turning

    def open(
        self,
        work: Work,
        holder: Holder,
        *,
        remember: bool,
        device: str = "",
        aal: AssuranceLevel = 1,
        amr: Sequence[str] = ("pwd",),
        country: str | None = None,
    ) -> TokenPair:
        """A new family, whatever the client came with (ASVS 7.2.4). `device` is the id in a known-device cookie that was verified."""
        work.lock(f"sessions:{holder.user_id}")
        self._make_room(work, holder.user_id)
        family = self.steps.first(work, holder.user_id, remember=remember, device=device, aal=aal, amr=" ".join(amr), country=country)
        store.add(work, family)
        return self.pair(Turned(family), holder)

    def made(self, presented: Secret) -> bool:
        """Whether this house made the token. Told without the database: rubbish costs no turn of the writer."""
        return self._genuine(presented) is not None

    def turn(self, work: Work, presented: Secret, *, device: str = "") -> Turned | RefreshRefused:
        """The family, one step on. A refusal is returned and not raised: the family it ended must stay ended."""
        found = self._held(work, presented)
        if found is None:
            return RefreshRefused()
        family, token = found
        same = self.steps.is_same_client(work, family, device)
        match judge(family, token, same_client=same, now=work.now, grace=self.rules.grace):
            case "next":
                return Turned(self._advance(work, family, device))
            case "again":
                return Turned(family, again=True)
            case "ended":
                return self._fail(work, family, family.ended_why or "ended")
            case "replayed":
                return self._kill(work, family)
            case "expired" | "idle" as why:
                store.end(work, family, why)
                return self._fail(work, family, why)

    def pair(self, turned: Turned, holder: Holder) -> TokenPair:
        """The tokens of a family as it stands: asked again, the same bytes."""
        family = turned.family
        if holder.user_id != family.user_id:
            raise ValueError("a session is not handed to somebody else")
        key = self.steps.key_of(family)
        claims = self._claims(family, holder, jti_of(family, key))
        signing = self.ring.signing_by_id(family.signing_key_id) or self.ring.signing()
        return TokenPair(
            access=Secret(tokens.mint(claims, signing)),
            refresh=Secret(refresh_text(family.id, family.number, family.mac_key_id, key)),
            expires_in=int((claims.expires_at - claims.issued_at).total_seconds()),
            session_id=family.id,
        )

    def refreshed(self, work: Work, turned: Turned, holder: Holder) -> TokenPair:
        """`pair`, and it is said that it happened: once, however often the answer is given."""
        if not turned.again:
            work.publish(REFRESHED.by(owner_of(turned.family), work.now, resource_id=turned.session_id, target=turned.user_id))
        return self.pair(turned, holder)

    def refuse(self, work: Work, turned: Turned, reason: EndedWhy) -> RefreshRefused:
        """The token was right and its holder may not come in: the session ends."""
        store.end(work, turned.family, reason)
        return self._fail(work, turned.family, reason)

    # Ending

    def close(self, work: Work, presented: Secret) -> Refusal | None:
        """Logs out. Any genuine token of an open family will do: whoever holds one could end it by a replay as well."""
        found = self._held(work, presented)
        if found is None or not is_open(found[0], work.now):
            return UnknownToken()
        family = found[0]
        store.end(work, family, "logout")
        work.publish(LOGGED_OUT.by(owner_of(family), work.now, resource_id=family.id, target=family.user_id))
        return None

    def standing_of(self, tx: Transaction, presented: Secret) -> RefreshStanding | None:
        """None when it is no refresh token of ours, or nothing is known of its login any more. Changes nothing."""
        token = self._genuine(presented)
        family = store.family(tx, token.family) if token else None
        if token is None or family is None or family.kind != "tokens":
            return None
        newest = (token.number, token.key_id) == (family.number, family.mac_key_id)
        return RefreshStanding(family.id, family.user_id, family.rotated_at, family.idle_until, newest and is_open(family, tx.now))

    # Recognising

    def claims_of(self, token: str) -> AccessClaims:
        """What a token of ours says; raises `InvalidToken`. Whether its session still is, `is_live` tells."""
        if len(token) > tokens.LONGEST:
            raise InvalidToken
        known = self.recognised.find(token)
        # The very same key: after a rotation the ring is read anew, and every signature counts as unseen.
        if known is not None and self.ring.signing_by_id(known[1].kid) is known[1]:
            if known[0].expires_at <= self.clock.now():
                raise InvalidToken
            return known[0]
        return self._verified(token)

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public halves; of a shared secret, nothing."""
        keys = [each for each in self.ring.published() if each.algorithm == "EdDSA"]
        return {"keys": [_published(each.kid, each.key.as_dict(private=False)["x"]) for each in keys]}

    # The steps of the stories above

    def _genuine(self, presented: Secret) -> Presented | None:
        token = parse_refresh(presented.reveal())
        found = self.ring.mac_key(token.key_id) if token else None
        return token if token is not None and found is not None and is_genuine(token, found[1]) else None

    def _held(self, work: Work, presented: Secret) -> tuple[Family, Presented] | None:
        if (token := self._genuine(presented)) is None:
            return None
        family = store.held(work, token.family)
        return (family, token) if family and family.kind == "tokens" else None

    def _advance(self, work: Work, family: Family, device: str) -> Family:
        family = self.steps.next(work, family, device)
        store.turned(work, family)
        return family

    def _claims(self, family: Family, holder: Holder, jti: str) -> AccessClaims:
        issued_at = family.used_at.replace(microsecond=0)
        return AccessClaims(
            user_id=holder.user_id,
            handle=holder.handle,
            email=holder.email,
            name=holder.name,
            issued_at=issued_at,
            expires_at=min(issued_at + self.rules.access_lifetime, family.expires_at.replace(microsecond=0)),
            issuer=self.issuer,
            audience=self.rules.audience,
            jti=jti,
            session_id=family.id,
            client_id=self.rules.client_id,
        )

    def _verified(self, token: str) -> AccessClaims:
        key = self.ring.signing_by_id(tokens.kid_of(token))
        if key is None:
            raise InvalidToken
        claims = tokens.read(token, {key.kid: key}.get, issuer=self.issuer, audience=self.rules.audience, now=self.clock.now())
        self.recognised.add(token, claims, key)
        return claims

    def _kill(self, work: Work, family: Family) -> RefreshRefused:
        store.end(work, family, "replayed")
        work.publish(REFRESH_REPLAYED.by(NOBODY, work.now, resource_id=family.id, target=family.user_id, reason="replayed"))
        return RefreshReplayed()

    def _fail(self, work: Work, family: Family, why: str) -> RefreshRefused:
        work.publish(REFRESH_FAILED.by(NOBODY, work.now, resource_id=family.id, target=family.user_id, reason=why))
        return REFUSALS.get(why, RefreshRefused)()


def _published(kid: str, x: object) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": str(x), "kid": kid, "alg": "EdDSA", "use": "sig"}
