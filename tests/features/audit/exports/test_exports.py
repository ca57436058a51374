"""The log leaves as files that others read: as asked for, recorded, and without what is personal unless somebody says why."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.features.people.administering import Staff, a_staff, an_office, listening
from tests.house import ADDRESS, House, built

from daemun.features.audit import reading, verify_bundle

LOGINS = "action:auth.login actor:helper_1"


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[House, Staff]]:
    async with an_office(database_url, tmp_path) as found:
        yield found


async def asked(staff: Staff, **body: Any) -> str:
    answer = await staff.ask("POST", "/audit/exports", body)
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["job_id"]
    assert answer.headers["location"] == f"/api/v1/jobs/{job_id}"
    return job_id


async def ended(staff: Staff, job_id: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while (job := await staff.done("GET", f"/jobs/{job_id}"))["status"] in ("queued", "running"):
            await asyncio.sleep(0.05)
    return dict(job)


async def exported(staff: Staff, **body: Any) -> httpx2.Response:
    job = await ended(staff, await asked(staff, **body))
    assert job["status"] == "complete", job
    answer = await staff.ask("GET", f"/jobs/{job['job_id']}/file")
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == job["file"]["size"]
    return answer


async def test_what_was_found_leaves_as_csv_jsonl_xlsx_and_ocsf(office: tuple[House, Staff]) -> None:
    house, master = office
    helper = await a_staff(house, "helper_1")
    asking = {"q": LOGINS}

    table = await exported(master, format="csv", **asking)
    assert table.content.startswith(b"\xef\xbb\xbf")  # or Korean spreadsheets read it as something else
    (row,) = csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline=""))
    assert (row["action"], row["outcome"], row["actor"]) == ("auth.login", "success", f"user:{helper.id}")
    assert (row["address"], row["network"]) == ("", "203.0.113.0/24")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"

    (line,) = [json.loads(each) for each in (await exported(master, format="jsonl", **asking)).text.splitlines()]
    assert {name: line[name] or "" for name in ("idx", "id", "at", "actor")} == {
        "idx": int(row["idx"]),
        **{name: row[name] for name in ("id", "at", "actor")},
    }

    (event,) = [json.loads(each) for each in (await exported(master, format="ocsf", **asking)).text.splitlines()]
    assert (event["class_uid"], event["activity_id"], event["type_uid"], event["status_id"]) == (3002, 1, 300201, 1)
    assert (event["metadata"]["uid"], event["actor"]["user"]["uid"]) == (line["id"], line["actor"])

    book = zipfile.ZipFile(io.BytesIO((await exported(master, format="xlsx", **asking)).content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 2
    assert f"<t>user:{helper.id}</t>" in sheet
    assert "<f>" not in sheet
    assert [each.name for each in (house.settings.core.data / "jobs").iterdir() if each.is_dir()] == []


async def test_what_is_personal_leaves_only_with_a_reason_and_everything_that_leaves_is_recorded(office: tuple[House, Staff]) -> None:
    house, master = office
    helper, ear = await a_staff(house, "helper_1"), listening(house)
    refused = await master.refused(422, "malformed", "POST", "/audit/exports", {"format": "csv", "personal": True})
    assert refused.json()["errors"][0]["where"] == "reason"
    plain = await exported(master, format="jsonl")
    assert ADDRESS not in plain.text
    told = await exported(master, format="jsonl", q=LOGINS, personal=True, reason="사고 조사 17")
    (line,) = [json.loads(each) for each in told.text.splitlines()]
    assert (line["address"], line["handle"], line["actor"]) == (ADDRESS, "helper_1", f"user:{helper.id}")
    said = [details for name, details in ear.told() if name == "audit.export.success"]
    assert said[1] == {"format": "jsonl", "query": LOGINS, "count": 1, "personal": True, "reason": "사고 조사 17"}
    assert said[0]["count"] == len(plain.text.splitlines()) > 5


async def test_a_bundle_is_verified_with_the_public_key_alone_and_tells_of_its_own_export(
    office: tuple[House, Staff], tmp_path: Path
) -> None:
    house, master = office
    answer = await exported(master, format="bundle")
    bundle, audit = tmp_path / "log.zip", built(house.app).audit
    bundle.write_bytes(answer.content)
    with reading(bundle) as read:
        report = verify_bundle(read, [str(audit.signing.signer.key(audit.origin))])
        assert report.ok
        assert b'"a":"audit.export"' in (read(f"tile/entries/000.p/{report.size}") or b"")
    refused = await master.refused(422, "malformed", "POST", "/audit/exports", {"format": "bundle", "q": LOGINS})
    assert refused.json()["errors"][0]["code"] == "audit_bundle_whole"


async def test_only_who_may_read_the_log_exports_it_and_fetches_only_their_own(office: tuple[House, Staff]) -> None:
    house, master = office
    member, auditor = await a_staff(house, "member_1"), await a_staff(house, "auditor_1", "auditor")
    await member.refused(403, "denied", "POST", "/audit/exports", {"format": "csv"})
    job_id = await asked(master, format="csv")
    await ended(master, job_id)
    await auditor.refused(404, "missing", "GET", f"/jobs/{job_id}/file")
    own = await asked(auditor, format="csv")
    await ended(auditor, own)
    assert (await auditor.ask("GET", f"/jobs/{own}/file")).status_code == 200
    wrong = await master.refused(422, "audit_query_malformed", "POST", "/audit/exports", {"format": "csv", "q": "action:auth.login AND"})
    assert wrong.json()["at"] >= len("action:auth.login ")
