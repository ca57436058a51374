"""Whoever asks for a receipt keeps the proof that what they did is in the log."""

from __future__ import annotations

from pathlib import Path

from tests.features.audit.logged import audit_of, settled
from tests.house import Member, a_house, a_member

from daemun.features.audit import Policy, check_proof, leaf_hash, parse_entry, parse_proof


async def test_a_receipt_proves_what_somebody_did_with_the_public_key_alone(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        client = house.client()
        for number in range(3):
            await a_member(client, handle=f"other_{number}", email=f"other{number}@example.com")
            house.clock.advance(minutes=1)
        await a_member(client)
        assert "audit-receipt" not in (await client.log_in(Member())).headers, "nobody asked"
        body = {"user_id": Member().handle, "password": Member().password}
        answer = await client.post("/auth/login", body, headers={"prefer": "receipt"})
        event = answer.headers["audit-receipt"]
        assert answer.headers["preference-applied"] == "receipt"
        await settled(house)
        house.clock.advance(minutes=1)
        for number in range(3, 6):
            await a_member(client, handle=f"other_{number}", email=f"other{number}@example.com")
        await settled(house)
        token = answer.json()["access_token"]
        assert (await client.get(f"/audit/default/receipt/{event}")).status_code == 401
        receipt = (await client.get(f"/audit/default/receipt/{event}", token=token)).text
        proof, audit = parse_proof(receipt), audit_of(house)
        assert proof.extra is not None
        said = parse_entry(proof.extra)
        assert (said["i"], said["a"], said["o"]) == (event, "auth.login", "success")
        check_proof(proof, leaf_hash(proof.extra), Policy((audit.signing.signer.key(audit.origin),)))
        failed = await client.post("/auth/login", body | {"password": "Wrong-Pass-11!"}, headers={"prefer": "receipt"})
        assert failed.headers["audit-receipt"] != event, "what was refused is recorded, too"
        assert (await client.get("/audit/default/receipt/01KA0000000000000000000000", token=token)).status_code == 404
        assert (await client.get("/audit/default/receipt/nonsense", token=token)).status_code == 422
