"""Who may sign up, how strong a password is, and how often one may guess."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from daemun.core.setting import Also, Profile, setting

FLAT = 5


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    signup: Literal["open", "private", "invite"] = setting(
        "open",
        ko="회원가입을 누구에게 여는지. private는 메일로 마치며 누가 회원인지 드러내지 않고, invite는 관리자만 계정을 만듭니다.",
        en="Who may sign up. private finishes it by mail and tells nobody who is a member. invite: administrators make accounts.",
        also=(Also("DAEMUN_SIGNUP"),),
    )
    require_verified: bool = setting(
        False,
        ko="이메일을 확인한 사람만 로그인할 수 있게 할지.",
        en="Whether only people whose e-mail address is verified may log in.",
        also=(Also("DAEMUN_REQUIRE_VERIFIED"),),
    )
    recovery: Literal["link", "temporary"] = setting(
        "link",
        ko="비밀번호를 잊은 사람에게 보내는 것. link: 한 번 쓰는 링크. temporary: 15분 동안 쓰는 임시 비밀번호.",
        en="What people who forgot their password are sent. link: a link for one use. temporary: a password for 15 minutes.",
    )
    recoveries_per_account: int = setting(
        5,
        ko="한 계정으로 한 시간에 보내는 복구 편지 수.",
        en="Recovery letters an hour to one account.",
    )
    recoveries_per_address: int = setting(
        20,
        ko="한 주소에서 한 시간에 할 수 있는 복구 요청 수.",
        en="Recovery requests an hour from one address.",
    )
    sleep_after: timedelta = setting(
        timedelta(days=365),
        ko="이만큼 로그인하지 않으면 휴면 계정이 됩니다. 0이면 휴면이 없습니다.",
        en="After so long without a login an account falls asleep; 0: never.",
    )
    sleep_first_notice: timedelta = setting(
        timedelta(days=30),
        ko="휴면 첫 안내를 며칠 앞서 보내는지.",
        en="How long before falling asleep the first notice is sent.",
    )
    sleep_last_notice: timedelta = setting(
        timedelta(days=7),
        ko="휴면 마지막 안내를 며칠 앞서 보내는지.",
        en="How long before falling asleep the last notice is sent.",
    )
    sleep_wake: Literal["login", "email"] = setting(
        "login",
        ko="휴면 계정을 깨우는 방법. login: 로그인하면 깨어납니다(모르는 기기는 메일의 코드가 먼저). email: 메일의 링크로만.",
        en="What wakes a sleeping account. login: logging in (from an unknown device a code by mail first). email: only the link by mail.",
        also=(Also("DAEMUN_SLEEP_WAKE"),),
    )
    erase_after: timedelta = setting(
        timedelta(days=30),
        ko="탈퇴한 계정을 되살릴 수 있는 기간. 지나면 지웁니다.",
        en="How long a deleted account can come back. After that it is erased.",
    )
    history_kept: timedelta = setting(
        timedelta(days=365),
        ko="로그인 기록을 보관하는 기간.",
        en="How long the login history is kept.",
    )
    signups_per_address: int = setting(
        30,
        ko="한 주소에서 한 시간에 할 수 있는 회원가입 수.",
        en="Sign-ups an hour from one address.",
    )
    password_policy: Literal["krx", "nist"] = setting(
        "krx",
        ko="비밀번호 정책. krx: 8자, 대소문자·숫자·특수문자. nist: 15자, 구성 규칙 없음.",
        en="krx: 8 characters with upper, lower, digit and special. nist: 15 characters, no composition rules.",
        also=(Also("DAEMUN_PASSWORD_POLICY"),),
    )
    password_min_length: int | None = setting(
        None,
        ko="비밀번호 최소 길이. 비우면 정책의 값(krx 8, nist 15).",
        en="Shortest password; empty: the policy's (krx 8, nist 15).",
        also=(Also("PASSWORD_MIN_LENGTH"),),
    )
    password_require_uppercase: bool | None = setting(
        None,
        ko="대문자 필수. 비우면 정책을 따릅니다.",
        en="Needs an upper-case letter; empty: as the policy.",
        also=(Also("PASSWORD_REQUIRE_UPPERCASE"),),
    )
    password_require_lowercase: bool | None = setting(
        None,
        ko="소문자 필수. 비우면 정책을 따릅니다.",
        en="Needs a lower-case letter; empty: as the policy.",
        also=(Also("PASSWORD_REQUIRE_LOWERCASE"),),
    )
    password_require_digit: bool | None = setting(
        None, ko="숫자 필수. 비우면 정책을 따릅니다.", en="Needs a digit; empty: as the policy.", also=(Also("PASSWORD_REQUIRE_DIGIT"),)
    )
    password_require_special: bool | None = setting(
        None,
        ko="특수문자 필수. 비우면 정책을 따릅니다.",
        en="Needs a special character; empty: as the policy.",
        also=(Also("PASSWORD_REQUIRE_SPECIAL"),),
    )
    login_attempts: int = setting(
        5,
        ko="한 계정에서 허용하는 로그인 실패 수(모르는 기기).",
        en="Failed logins allowed per account, from devices it does not know.",
        also=(Also("MAX_LOGIN_ATTEMPTS"),),
    )
    login_window: timedelta = setting(
        timedelta(minutes=15),
        ko="로그인 실패를 세는 시간.",
        en="The time in which failed logins are counted.",
        also=(Also("LOGIN_ATTEMPT_TIMEOUT_MINUTES", "minutes"),),
    )
    known_device_attempts: int = setting(
        10,
        ko="아는 기기에서 15분에 허용하는 로그인 실패 수. 다른 기기의 실패와 따로 셉니다.",
        en="Failed logins in 15 minutes allowed from a device the account knows, counted apart from those of others.",
    )
    login_streak: int = setting(
        100,
        ko="모르는 기기의 연속 실패가 이만큼이면 잠급니다. 아는 기기, 메일의 링크, 관리자(daemun admin unlock)가 엽니다.",
        en="So many failures in a row lock an account to unknown devices; a known one, a link by mail or daemun admin unlock opens it.",
    )
    address_attempts: int = setting(
        30,
        ko="한 주소에서 1분에 허용하는 로그인 실패 수.",
        en="Failed logins a minute from one address, over all accounts.",
    )
    posture: Literal["balanced", "halo", "strict"] = setting(
        "balanced",
        ko="태세. halo와 strict는 한 주소의 로그인 실패를 1분에 5번까지만 받습니다.",
        en="The posture. halo and strict take five failed logins a minute from one address, over all accounts.",
        also=(Also("DAEMUN_GUARD_POSTURE"),),
    )
    address_account_attempts: int = setting(
        5,
        ko="한 주소에서 한 계정에 1분에 허용하는 로그인 실패 수.",
        en="Failed logins a minute from one address on one account.",
    )
    hash_threads: int = setting(
        0,
        ko="비밀번호 해시 스레드 수. 0이면 코어 수를 워커 수로 나눕니다.",
        en="Password hashing threads; 0: the cores divided by the workers.",
    )
    hash_queue: int = setting(
        256,
        ko="해시를 기다릴 수 있는 요청 수. 넘으면 503.",
        en="Requests that may wait for hashing; beyond it: 503.",
    )

    @property
    def failures_an_address(self) -> int:
        """A minute, over all accounts: the documents' flat five, or ours, which an office behind one address can live with."""
        return self.address_attempts if self.posture == "balanced" else min(FLAT, self.address_attempts)

    def wrong(self, profile: Profile) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - the same in every profile
        """What cannot be meant."""
        if self.password_min_length is not None and not 1 <= self.password_min_length <= 64:
            yield "password_min_length는 1에서 64 사이입니다.", "password_min_length is between 1 and 64."
        counts = (
            self.signups_per_address,
            self.recoveries_per_account,
            self.recoveries_per_address,
            self.login_attempts,
            self.known_device_attempts,
            self.login_streak,
            self.address_attempts,
            self.address_account_attempts,
        )
        if min(counts) < 1:
            yield "시도 횟수는 1 이상입니다.", "Numbers of attempts are at least 1."
        if self.hash_threads < 0 or self.hash_queue < 0:
            yield "hash_threads와 hash_queue는 0 이상입니다.", "hash_threads and hash_queue are at least 0."
        yield from self._wrong_times()
        if self.login_window <= timedelta(0):
            yield "login_window는 0보다 커야 합니다.", "login_window is longer than nothing."

    def _wrong_times(self) -> Iterator[tuple[str, str]]:
        day = timedelta(days=1)
        if min(self.erase_after, self.history_kept) < day:
            yield "erase_after와 history_kept는 하루 이상입니다.", "erase_after and history_kept are at least a day."
        if self.sleep_after and not day <= self.sleep_last_notice < self.sleep_first_notice < self.sleep_after:
            yield (
                "휴면 안내의 순서는 sleep_after, sleep_first_notice, sleep_last_notice이며 마지막은 하루 이상입니다.",
                "sleep_after is longer than sleep_first_notice, which is longer than sleep_last_notice, which is at least a day.",
            )
