"""The smallest tool: listed companies, for whoever is known. It proves that the plug-in interface suffices."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from daemun.plugin import APIRouter, Body, CurrentVisit, Feature, Kit, Permission, requires, setting

HERE = Path(__file__).parent
Market = Literal["KRX", "KOSPI", "KOSDAQ"]


@dataclass(frozen=True, slots=True)
class StocksSettings:
    file: Path | None = setting(
        None,
        ko="상장 종목 CSV(code,name,market). 비우면 함께 온 표본을 씁니다.",
        en="CSV of listed companies (code,name,market); empty: the sample that comes along.",
    )


class Stock(Body):
    code: str
    name: str
    market: Literal["KOSPI", "KOSDAQ"]


class Listings(Body):
    user: str
    market: Market
    stocks: list[Stock]


def listed(file: Path) -> list[Stock]:
    """ValueError, with its line, when one is not a stock."""
    with file.open(encoding="utf-8", newline="") as rows:
        return [Stock.model_validate(row) for row in csv.DictReader(rows)]


def plug(kit: Kit) -> Feature:
    stocks = listed(kit.section("stocks", StocksSettings).file or HERE / "listings.csv")
    routes = APIRouter(tags=["stocks"])

    @routes.get("/stocks/listings", dependencies=[requires("stocks.read", keys="too")], summary="상장 종목 · Listed companies")
    @routes.get(
        "/api/stocks", dependencies=[requires("stocks.read", keys="too")], summary="상장 종목 · Listed companies", operation_id="stocks"
    )
    async def listings(visit: CurrentVisit, market: Market = "KRX") -> Listings:
        found = [each for each in stocks if market in ("KRX", each.market)]
        return Listings(user=visit.actor.handle or "", market=market, stocks=found)

    return Feature(
        "stocks",
        routers=(routes,),
        permissions=(Permission("stocks.read", "상장 종목 보기", "See listed companies", roles=("user", "pro", "viewer")),),
    )
