"""The shop now: its login and its passwords are gone, its tables stay. Who calls is asked of the gate, whose order it is of the table."""

import sqlite3
from contextlib import closing
from pathlib import Path

from fastapi import FastAPI

from daemun import CurrentUser, Daemun, Feature, Permission, Settings, requires

SHOP = Path("shop.db")
shop = Feature("shop", permissions=(Permission("orders.count", "주문 수 보기", "Count orders", roles=("service_admin",)),))
app = FastAPI(title="Shop")
Daemun(Settings.load({"prefix": "/gate"}), tools=[shop]).install(app)


@app.get("/orders")
def orders(user: CurrentUser) -> list[str]:
    with closing(sqlite3.connect(SHOP)) as rows:
        mine = rows.execute("SELECT what FROM orders JOIN users ON users.id = user_id WHERE daemun_id = ? ORDER BY orders.id", (user.id,))
        return [what for (what,) in mine]


@app.get("/orders/count", dependencies=[requires("orders.count")])
def count() -> int:
    with closing(sqlite3.connect(SHOP)) as rows:
        return int(rows.execute("SELECT count(*) FROM orders").fetchone()[0])
