"""How long API keys live, and how many there may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from daemun.core.setting import Profile, setting

SHORTEST: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ApiKeySettings:
    lifetime: timedelta = setting(
        timedelta(days=90),
        ko="만료를 정하지 않고 만든 API 키의 수명.",
        en="How long an API key lives when its maker says nothing.",
    )
    longest: timedelta = setting(
        timedelta(days=365),
        ko="API 키를 길어도 이만큼만 쓸 수 있습니다. 만료 없는 키는 없습니다.",
        en="How long an API key may live at the most. There is none without an end.",
    )
    overlap: timedelta = setting(
        timedelta(hours=24),
        ko="키를 교체할 때, 따로 정하지 않으면 앞의 키를 함께 쓸 수 있는 시간.",
        en="How long the old key goes on working beside the new one when a key is rotated and nothing else is said.",
    )
    most_per_user: int = setting(
        50,
        ko="한 사람이 동시에 가질 수 있는 API 키 수.",
        en="API keys a person may have at once.",
    )
    made_per_hour: int = setting(
        20,
        ko="한 사람이 한 시간에 만들 수 있는 API 키 수.",
        en="API keys a person may make in an hour.",
    )

    def wrong(self, profile: Profile) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - the same in every profile
        if not SHORTEST <= self.lifetime <= self.longest:
            yield "lifetime은 1분 이상, longest 이하입니다.", "lifetime is at least a minute and at most longest."
        if self.overlap < timedelta(0):
            yield "overlap은 0 이상입니다.", "overlap is at least 0."
        if self.most_per_user < 1 or self.made_per_hour < 1:
            yield "most_per_user와 made_per_hour는 1 이상입니다.", "most_per_user and made_per_hour are at least 1."
