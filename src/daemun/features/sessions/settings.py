"""How long people stay, and how their tokens are signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from daemun.core.secret import Secret
from daemun.core.setting import Also, Profile, setting
from daemun.ports.keyring import Algorithm

RefreshMode = Literal["rotate", "reuse"]
SHORTEST = timedelta(seconds=10)
LONGEST_ACCESS = timedelta(hours=24)
SHORTEST_IDLE = timedelta(minutes=1)
LONGEST_BROWSER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SessionSettings:
    access_lifetime: timedelta = setting(
        timedelta(minutes=15),
        ko="액세스 토큰의 수명.",
        en="How long an access token is good.",
        also=(Also("JWT_ACCESS_TOKEN_EXPIRE_MINUTES", "minutes"),),
    )
    refresh_lifetime: timedelta = setting(
        timedelta(days=30),
        ko="로그인 하나가 길어도 끝나는 때. 쓰고 있어도 늘어나지 않습니다.",
        en="When a login ends at the latest. Use does not lengthen it.",
        also=(Also("JWT_REFRESH_TOKEN_EXPIRE_DAYS", "days"),),
    )
    refresh_idle: timedelta = setting(
        timedelta(hours=24),
        ko="'로그인 유지' 없이 로그인했을 때, 쓰지 않으면 끝나는 시간.",
        en="How long a login without 'remember me' lasts unused.",
    )
    browser_idle: timedelta = setting(
        timedelta(hours=1),
        ko="브라우저에서 '로그인 유지' 없이 로그인했을 때, 쓰지 않으면 끝나는 시간.",
        en="How long a browser's login without 'remember me' lasts unused.",
    )
    browser_lifetime: timedelta = setting(
        timedelta(hours=24),
        ko="브라우저에서 '로그인 유지' 없이 한 로그인이, 쓰고 있어도 끝나는 때. 다시 인증하면 새로 셉니다.",
        en="When a browser's login without 'remember me' ends though it is used. Authenticating again counts anew.",
    )
    remember_idle: timedelta = setting(
        timedelta(days=14),
        ko="브라우저에서 '로그인 유지'로 로그인했을 때, 쓰지 않으면 끝나는 시간.",
        en="How long a browser's login with 'remember me' lasts unused.",
    )
    remember_lifetime: timedelta = setting(
        timedelta(days=30),
        ko="브라우저에서 '로그인 유지'로 한 로그인이, 쓰고 있어도 끝나는 때. 길어도 30일입니다(NIST 800-63B-4 2.1.3).",
        en="When a browser's login with 'remember me' ends though it is used: 30 days at most (NIST 800-63B-4 2.1.3).",
    )
    grace: timedelta = setting(
        timedelta(seconds=10),
        ko="쓴 리프레시 토큰이 같은 클라이언트에서 다시 오면 같은 답을 주는 시간. 답을 잃은 탭이 로그아웃되지 않게 합니다.",
        en="How long a used refresh token gets the same answer again from the same client, so that a lost answer logs nobody out.",
    )
    refresh_mode: RefreshMode = setting(
        "rotate",
        ko="rotate: 쓸 때마다 새 토큰(안전). reuse: 끝날 때까지 같은 토큰. 도난을 알아챌 수 없습니다.",
        en="rotate: a new token at every use (safe). reuse: the same one until its end; theft goes unnoticed.",
        also=(Also("DAEMUN_REFRESH_MODE"),),
    )
    algorithm: Algorithm = setting(
        "EdDSA",
        ko="액세스 토큰의 서명. EdDSA는 공개 열쇠로 검증합니다. HS256은 shared_secret이 필요합니다.",
        en="How access tokens are signed. EdDSA is verified with a published key; HS256 needs shared_secret.",
        also=(Also("JWT_ALGORITHM"),),
    )
    shared_secret: Secret | None = setting(
        None,
        ko="HS256의 열쇠: 무작위 32바이트 이상. 사람이 지은 비밀번호는 안 됩니다.",
        en="The key of HS256: at least 32 random bytes, never a password.",
        also=(Also("JWT_SECRET_KEY"),),
    )
    audience: str = setting(
        "daemun",
        ko="액세스 토큰의 aud.",
        en="The aud of access tokens.",
    )
    client_id: str = setting(
        "daemun",
        ko="우리 로그인에서 나간 토큰의 client_id.",
        en="The client_id of tokens from our own sign-in.",
    )
    most_per_user: int = setting(
        100,
        ko="한 사람이 동시에 가질 수 있는 로그인 수. 넘으면 가장 오래된 것이 끝납니다.",
        en="Logins a person may have at once; beyond it the oldest ends.",
    )

    cache: bool = setting(
        False,
        ko="문이 세션을 DAEMUN_VALKEY_URL의 Valkey에 30초까지 기억하게 합니다. 끝난 것은 여전히 다음 요청부터 통하지 않습니다. "
        "데이터베이스의 일을 덜고, 한 대에서는 더 빠르지 않습니다.",
        en="Lets the gate remember sessions in the Valkey of DAEMUN_VALKEY_URL for up to 30 seconds. What has ended still counts "
        "at the next request. It relieves the database; on one machine it is not quicker.",
    )

    def wrong(self, profile: Profile) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - the same in every profile
        """What does not go together."""
        if self.algorithm == "HS256" and self.shared_secret is None:
            yield (
                "HS256에는 JWT_SECRET_KEY(DAEMUN_SESSIONS__SHARED_SECRET)가 필요합니다.",
                "HS256 needs JWT_SECRET_KEY (DAEMUN_SESSIONS__SHARED_SECRET).",
            )
        if not SHORTEST <= self.access_lifetime <= LONGEST_ACCESS:
            yield "액세스 토큰의 수명은 10초에서 24시간 사이입니다.", "An access token lives between 10 seconds and 24 hours."
        if self.refresh_lifetime < self.access_lifetime or self.refresh_idle < self.access_lifetime:
            yield "로그인은 액세스 토큰보다 짧을 수 없습니다.", "A login cannot be shorter than its access token."
        yield from self._wrong_in_browsers()
        if not timedelta(0) <= self.grace <= timedelta(minutes=1):
            yield "grace는 1분을 넘을 수 없습니다.", "grace cannot be longer than a minute."
        if self.most_per_user < 1:
            yield "most_per_user는 1 이상입니다.", "most_per_user is at least 1."
        if not self.audience or not self.client_id:
            yield "audience와 client_id는 비울 수 없습니다.", "audience and client_id cannot be empty."

    def _wrong_in_browsers(self) -> Iterator[tuple[str, str]]:
        if min(self.browser_idle, self.remember_idle) < SHORTEST_IDLE:
            yield "browser_idle과 remember_idle은 1분 이상입니다.", "browser_idle and remember_idle are at least a minute."
        if self.browser_idle > self.browser_lifetime or self.remember_idle > self.remember_lifetime:
            yield (
                "쓰지 않을 때 끝나는 시간(idle)은 쓰고 있어도 끝나는 시간(lifetime)보다 길 수 없습니다.",
                "What ends a login unused (idle) cannot be longer than what ends it in use (lifetime).",
            )
        if self.browser_lifetime > self.remember_lifetime or self.browser_idle > self.remember_idle:
            yield (
                "'로그인 유지' 없는 로그인은 '로그인 유지'보다 오래갈 수 없습니다.",
                "A login without 'remember me' cannot last longer than one with it.",
            )
        if self.remember_lifetime > LONGEST_BROWSER:
            yield (
                "remember_lifetime은 30일을 넘을 수 없습니다(NIST 800-63B-4 2.1.3).",
                "remember_lifetime cannot be longer than 30 days (NIST 800-63B-4 2.1.3).",
            )
