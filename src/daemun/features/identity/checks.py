"""What `daemun doctor` asks of passwords, guessing and signing up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from daemun.features.identity.blocklist import Blocklist
from daemun.features.identity.feature import policy_of
from daemun.features.identity.passwords import POLICIES
from daemun.features.identity.settings import IdentitySettings
from daemun.plugin import Check, Finding, Patient, command, deviates, fails, put, well

NIST_LENGTH: Final = 15
NIST_POLICY: Final = "DAEMUN_PASSWORD_POLICY=nist"
WITH_A_FACTOR: Final = 8
NIST_FAILURES: Final = 100
GUESSES_AN_HOUR: Final = 100
FAILURES_AN_ADDRESS: Final = 300
"""Ten times ours. An office behind one address lives with ours; a guesser from one address should not have ten times as much."""
HOUR: Final = timedelta(hours=1)
COMPOSITION: Final = ("upper", "lower", "digit", "special")
ASKED_BY: Final = dict(
    zip(COMPOSITION, ("require_uppercase", "require_lowercase", "require_digit", "require_special"), strict=True),
)


def rules_of(patient: Patient) -> IdentitySettings:
    return patient.section("identity", IdentitySettings)


def length(patient: Patient) -> Iterator[Finding]:
    rules = rules_of(patient)
    least = policy_of(rules).min_length
    if least >= NIST_LENGTH:
        yield well(f"비밀번호는 {least}자 이상입니다.", f"A password has {least} characters or more.")
        return
    by_policy = rules.password_min_length is None
    mend = put(NIST_POLICY if by_policy else f"DAEMUN_IDENTITY__PASSWORD_MIN_LENGTH={NIST_LENGTH}")
    say = fails if least < WITH_A_FACTOR else deviates
    yield say(
        f"{least}자 비밀번호로 충분합니다. 유일한 수단이면 {NIST_LENGTH}자, 다른 수단과 늘 함께여도 {WITH_A_FACTOR}자가 필요합니다.",
        f"{least} characters are enough: it takes {NIST_LENGTH} where a password is the only factor, and {WITH_A_FACTOR} beside another.",
        fix=mend,
        of=("identity.password_policy" if by_policy else "identity.password_min_length",),
    )


def composition(patient: Patient) -> Iterator[Finding]:
    rules = rules_of(patient)
    policy = policy_of(rules)
    asked = [name for name in COMPOSITION if getattr(policy, name)]
    if not asked:
        return
    own = [name for each in asked if getattr(rules, name := f"password_{ASKED_BY[each]}")]
    fixes, causes = [f"DAEMUN_IDENTITY__{name.upper()}=0" for name in own], [f"identity.{name}" for name in own]
    if POLICIES[rules.password_policy] != POLICIES["nist"]:
        fixes, causes = [NIST_POLICY, *fixes], ["identity.password_policy", *causes]
    yield deviates(
        f"비밀번호에 글자 종류를 요구합니다({', '.join(asked)}). 사람은 뻔하게 맞춥니다.",
        f"Passwords must be composed ({', '.join(asked)}), which people do in ways that are guessed.",
        fix=put(*fixes),
        of=tuple(causes),
    )


def blocklist(patient: Patient) -> Iterator[Finding]:
    folder = patient.data / "passwords"
    try:
        listed = Blocklist.shipped(folder)
    except (OSError, ValueError):
        yield fails(
            f"막을 비밀번호의 목록을 읽을 수 없습니다. {folder}의 파일이 온전하지 않으면 서버가 켜지지 않습니다.",
            f"A list of passwords to refuse cannot be read; a broken file in {folder} keeps the server from starting.",
            fix=command(f"rm {folder}/*.sha1; daemun passwords import FILE"),
        )
        return
    count, more = len(listed.known), sum(len(each) for each in listed.corpora)
    yield well(
        f"흔한 비밀번호 {count:,}개와 가져온 목록 {len(listed.corpora)}개({more:,}개)를 막습니다.",
        f"{count:,} common passwords are refused, and those of {len(listed.corpora)} imported lists ({more:,}).",
    )


def guessing(patient: Patient) -> Iterator[Finding]:
    rules = rules_of(patient)
    for name in ("login_streak", "known_device_attempts"):
        if (most := getattr(rules, name)) > NIST_FAILURES:
            yield deviates(
                f"연속 실패를 {most:,}번까지 받습니다. {NIST_FAILURES}번을 넘으면 안 됩니다.",
                f"{most:,} failures in a row are allowed: {NIST_FAILURES} is the most.",
                fix=put(f"DAEMUN_IDENTITY__{name.upper()}={NIST_FAILURES if name == 'login_streak' else 10}"),
                of=(f"identity.{name}",),
            )


def throttling(patient: Patient) -> Iterator[Finding]:
    rules = rules_of(patient)
    guesses = rules.login_attempts * (HOUR / rules.login_window)
    if guesses > GUESSES_AN_HOUR:
        yield deviates(
            f"모르는 기기가 한 계정에 한 시간에 {guesses:,.0f}번 추측할 수 있습니다.",
            f"Strangers may guess {guesses:,.0f} times an hour at one account.",
            fix=put("DAEMUN_IDENTITY__LOGIN_ATTEMPTS=5", "DAEMUN_IDENTITY__LOGIN_WINDOW=15m"),
            of=("identity.login_attempts", "identity.login_window"),
        )
    for name, most, usual in (("address_attempts", FAILURES_AN_ADDRESS, 30), ("address_account_attempts", FAILURES_AN_ADDRESS // 10, 5)):
        if (now := getattr(rules, name)) > most:
            yield deviates(
                f"한 주소에서 1분에 {now:,}번 실패해도 됩니다.",
                f"One address may fail {now:,} times a minute.",
                fix=put(f"DAEMUN_IDENTITY__{name.upper()}={usual}"),
                of=(f"identity.{name}",),
            )


def posture(patient: Patient) -> Iterator[Finding]:
    rules = rules_of(patient)
    if rules.posture != "balanced":
        yield deviates(
            f"태세 {rules.posture}: 한 주소의 실패를 1분에 {rules.failures_an_address}번만 받아, "
            "같은 주소 뒤의 한 사람이 새 기기로 들어오려는 동료를 막을 수 있습니다.",
            f"Posture {rules.posture} takes {rules.failures_an_address} failures a minute from an address: "
            "one person behind it can keep colleagues on new devices out.",
            fix=put("DAEMUN_GUARD_POSTURE=balanced"),
            of=("identity.posture",),
        )


def telling(patient: Patient) -> Iterator[Finding]:
    if rules_of(patient).signup == "open":
        yield deviates(
            "열린 가입은 이미 있는 아이디와 이메일을 409로 알려 줍니다.",
            "Open sign-up answers 409 to a user id or address that exists.",
            fix=put("DAEMUN_SIGNUP=private"),
            of=("identity.signup",),
        )


def recovery(patient: Patient) -> Iterator[Finding]:
    if rules_of(patient).recovery == "temporary":
        yield deviates(
            "메일로 빌려 주는 비밀번호는 15분 동안 통합니다. 10분이 한도입니다.",
            "The password that is lent by mail is good for 15 minutes: 10 is the most.",
            fix=put("DAEMUN_IDENTITY__RECOVERY=link"),
            of=("identity.recovery",),
        )


CHECKS: Final[tuple[Check[Patient], ...]] = (
    Check("identity.length", "비밀번호는 15자 이상입니다", "Passwords have 15 characters or more", length, (1,)),
    Check("identity.composition", "글자 종류를 요구하지 않습니다", "Passwords need no composition", composition, (3,)),
    Check("identity.blocklist", "흔하거나 유출된 비밀번호를 막습니다", "Common and breached passwords are refused", blocklist, (6, 22)),
    Check("identity.guessing", "연속 실패는 100번까지입니다", "At most 100 failures in a row", guessing, (9,)),
    Check("identity.throttling", "추측의 빠르기를 묶습니다", "Guessing is slowed down", throttling, (20,)),
    Check("identity.posture", "제한이 주인을 막는 데 쓰이지 못합니다", "Limits cannot be turned against the owner", posture, (20,)),
    Check("identity.signup", "가입이 누가 있는지 말하지 않습니다", "Sign-up does not tell who exists", telling, (26,)),
    Check("identity.recovery", "메일로 보낸 것은 10분만 통합니다", "What is sent by mail is good for 10 minutes", recovery, (32,)),
)
