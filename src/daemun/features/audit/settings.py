"""What may be chosen about the audit log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from daemun.core.setting import Profile, setting
from daemun.features.audit.errors import Refused
from daemun.features.audit.notes import COSIGNATURE, VerifierKey, parse_verifier_key

LOG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class AuditSettings:
    log: str = setting(
        "default",
        ko="감사 기록의 이름: 처음 시작할 때 정해지고, 체크포인트의 이름(<호스트>/audit/<이름>)에 들어갑니다.",
        en="The name of the audit log: chosen at the first start, part of its checkpoints' name (<host>/audit/<name>)",
    )
    public: bool = setting(
        False,
        ko="체크포인트와 조각을 누구나 읽음. 끄면 audit.read 권한이 필요합니다. 항목에는 개인 정보가 없습니다.",
        en="Anybody may read checkpoint and tiles; else the permission audit.read. Entries hold nothing personal.",
    )
    witnesses: tuple[str, ...] = setting(
        (),
        ko="함께 서명할 증인들: 저마다 공개 열쇠, 빈칸, 주소(https://…). daemun audit witness 참고",
        en="Witnesses who cosign: of each the verifier key, a space, and its address (https://…); see daemun audit witness",
    )
    pin: Path | None = setting(
        ko="마지막으로 서명한 크기를 적는 파일. 다른 디스크에 두면 되돌려진 데이터베이스를 알아봅니다. 비우면 데이터 폴더 안",
        en="Keeps the last signed size: on another disk it tells a database that was rolled back; empty: in the data folder",
    )
    patience: timedelta = setting(
        timedelta(milliseconds=250),
        ko="행동에 앞서 기록해야 하는 일을 기록하려고 기다리는 시간. 지나면 그 일을 하지 않고 503으로 답합니다.",
        en="How long to wait for the record of what must be recorded before it is done; after that it is not done, and the answer is 503",
    )

    behind: int = setting(
        4096,
        ko="제자리를 기다리는 항목이 이보다 많으면 기록이 밀린 것: 쓰는 일은 느려지고, 먼저 적어야 하는 일은 503이 됩니다.",
        en="With more entries waiting the log counts as behind: what writes is slowed, what must be recorded first gets 503",
    )
    behind_for: timedelta = setting(
        timedelta(seconds=2),
        ko="다음 차례의 항목이 이보다 오래 기다리면 기록이 밀린 것으로 봅니다.",
        en="When the next entry has waited for longer, the log counts as behind, too",
    )
    brake: timedelta = setting(
        timedelta(milliseconds=50),
        ko="기록이 밀린 동안 쓰는 일마다 시작하기 전에 기다리는 시간(0s: 기다리지 않음)",
        en="How long whatever writes waits before it begins while the log is behind; 0s: not at all",
    )
    spill: int = setting(
        256,
        ko="디스크가 꽉 찼을 때 관리자가 하는 일을 기록할 자리(하나에 4 KiB, 미리 잡아 둠). 0이면 잡지 않습니다.",
        en="Records of what administrators do that still find room when the disk is full: 4 KiB each, taken beforehand; 0: none",
    )

    keep_login: timedelta = setting(
        timedelta(days=365), ko="로그인 기록 보관 기간(0s: 언제까지나)", en="How long logins records stay; 0s: for ever"
    )
    keep_account: timedelta = setting(
        timedelta(days=365), ko="계정 기록 보관 기간(0s: 언제까지나)", en="How long accounts records stay; 0s: for ever"
    )
    keep_data: timedelta = setting(
        timedelta(days=365), ko="데이터 기록 보관 기간(0s: 언제까지나)", en="How long data records stay; 0s: for ever"
    )
    keep_security: timedelta = setting(
        timedelta(days=730), ko="보안 기록 보관 기간(0s: 언제까지나)", en="How long security records stay; 0s: for ever"
    )
    keep_admin: timedelta = setting(
        timedelta(days=730), ko="관리 기록 보관 기간(0s: 언제까지나)", en="How long administration records stay; 0s: for ever"
    )
    grace: timedelta = setting(
        timedelta(days=30),
        ko="지운 것으로 표시한 기록의 개인 정보를 실제로 지우기까지의 기간",
        en="How long the personal parts of a deleted record are kept before they are destroyed",
    )

    @property
    def lifetimes(self) -> dict[str, timedelta | None]:
        """Of each retention class; None: for ever."""
        return {name: getattr(self, f"keep_{name}") or None for name in ("login", "account", "data", "security", "admin")}

    @property
    def places(self) -> list[tuple[VerifierKey, str]]:
        """Key and address of each witness. Raises `Refused` or `ValueError`."""
        return [_place(each) for each in self.witnesses]

    def wrong(self, profile: Profile) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - every section is asked with the profile
        if LOG.fullmatch(self.log) is None:
            yield (
                "DAEMUN_AUDIT__LOG: 영어 소문자, 숫자, 붙임표로 40자까지 쓸 수 있습니다.",
                "DAEMUN_AUDIT__LOG takes up to 40 lower-case letters, digits and hyphens.",
            )
        yield from _wrong_witnesses(self.witnesses)
        if not timedelta(milliseconds=10) <= self.patience <= timedelta(seconds=10):
            yield (
                "DAEMUN_AUDIT__PATIENCE: 10ms에서 10s 사이여야 합니다.",
                "DAEMUN_AUDIT__PATIENCE must be between 10ms and 10s.",
            )
        yield from self._wrong_limits()

    def _wrong_limits(self) -> Iterator[tuple[str, str]]:
        if not 1 <= self.behind <= 1_000_000:
            yield ("DAEMUN_AUDIT__BEHIND: 1에서 1000000 사이여야 합니다.", "DAEMUN_AUDIT__BEHIND must be between 1 and 1000000.")
        if not timedelta(milliseconds=500) <= self.behind_for <= timedelta(minutes=10):
            yield (
                "DAEMUN_AUDIT__BEHIND_FOR: 500ms에서 10m 사이여야 합니다.",
                "DAEMUN_AUDIT__BEHIND_FOR must be between 500ms and 10m.",
            )
        if not 0 <= self.spill <= 100_000:
            yield ("DAEMUN_AUDIT__SPILL: 0에서 100000 사이여야 합니다.", "DAEMUN_AUDIT__SPILL must be between 0 and 100000.")
        if not timedelta() <= self.brake <= timedelta(seconds=1):
            yield ("DAEMUN_AUDIT__BRAKE: 0s에서 1s 사이여야 합니다.", "DAEMUN_AUDIT__BRAKE must be between 0s and 1s.")


def _place(text: str) -> tuple[VerifierKey, str]:
    key, _, url = text.partition(" ")
    found = parse_verifier_key(key)
    if found.kind != COSIGNATURE or not url.strip().startswith(("https://", "http://")):
        raise ValueError(text)
    return found, url.strip().rstrip("/")


def _wrong_witnesses(said: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for each in said:
        try:
            _place(each)
        except (Refused, ValueError):
            yield (
                f"DAEMUN_AUDIT__WITNESSES: {each[:80]!r}: 증인의 공개 열쇠, 빈칸, https:// 주소여야 합니다.",
                f"DAEMUN_AUDIT__WITNESSES: {each[:80]!r} is not a witness's verifier key, a space, and an https:// address.",
            )
