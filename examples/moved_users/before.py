"""What the shop had before: its own users with bcrypt hashes, and orders that belong to them. Makes `shop.db` as it was left."""

import sqlite3
from pathlib import Path

import bcrypt

PEOPLE = (
    (17, "ann@example.com", "안은주", "Maru-Bada-72!", ["green tea", "a kettle"]),
    (18, "bob@example.com", "박보배", "Sanso-Namu-31!", ["a cup"]),
)
TABLES = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE NOT NULL, name TEXT NOT NULL, password_hash TEXT NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), what TEXT NOT NULL);
"""


def make(file: Path) -> None:
    with sqlite3.connect(file) as shop:
        shop.executescript(TABLES)
        for number, email, name, password, orders in PEOPLE:
            encoded = bcrypt.hashpw(password.encode(), bcrypt.gensalt(10)).decode()
            shop.execute("INSERT INTO users VALUES (?, ?, ?, ?)", (number, email, name, encoded))
            shop.executemany("INSERT INTO orders (user_id, what) VALUES (?, ?)", [(number, what) for what in orders])


if __name__ == "__main__":
    make(Path("shop.db"))
    print(f"shop.db: {len(PEOPLE)} users")
