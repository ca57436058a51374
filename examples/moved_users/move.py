"""Moves the shop's people in, once: their rows stay where they are and learn our id. Stopped halfway, it is simply run again."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from daemun import Daemun, Mover

SHOP = Path("shop.db")


async def move(shop: sqlite3.Connection) -> int:
    gate = Daemun()
    _add_column(shop)
    left = shop.execute("SELECT id, email, name, password_hash FROM users WHERE daemun_id IS NULL").fetchall()
    async with gate.working("move") as visit:
        for number, email, name, encoded in left:
            # Nobody can sign up with a hyphen in their handle: whoever has this one was moved by us, in a run that was stopped.
            handle = f"shop-{number}"
            known = await visit.read(gate.people.known_as, handle)
            user_id = known.id if known else (await visit.work(gate.take_in, Mover(handle, email, name, encoded, email_verified=True))).id
            shop.execute("UPDATE users SET daemun_id = ? WHERE id = ?", (user_id, number))
            shop.commit()
    return len(left)


def _add_column(shop: sqlite3.Connection) -> None:
    if "daemun_id" not in {row[1] for row in shop.execute("PRAGMA table_info(users)")}:
        shop.execute("ALTER TABLE users ADD COLUMN daemun_id TEXT")
        shop.execute("CREATE UNIQUE INDEX users_by_daemun_id ON users (daemun_id)")


if __name__ == "__main__":
    with closing(sqlite3.connect(SHOP)) as opened:
        print(f"moved: {asyncio.run(move(opened))}")
