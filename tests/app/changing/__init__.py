"""Every way to change something, walked once: what is published on the way is noted by whoever listens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.app.changing import entering, keeping, leaving, pressing, ruling
from tests.features.people.administering import Staff
from tests.house import House

Story = Callable[[House, Staff], Awaitable[None]]
STORIES: tuple[Story, ...] = (
    entering.by_programs,
    entering.by_pages,
    entering.back_by_programs,
    pressing.links,
    keeping.by_programs,
    keeping.by_pages,
    ruling.people,
    ruling.invitations,
    ruling.roles_letters_and_tokens,
    leaving.by_programs,
    leaving.by_pages,
)
