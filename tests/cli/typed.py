"""Commands as typed, in this process: a start of the interpreter costs more than most of them do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.features.audit.logged import recorded
from tests.house import Member
from typer.testing import CliRunner, Result

from daemun.cli.main import app

BY_DAEMUN = "Dolbi-Samcheong-81!"


@dataclass(frozen=True, slots=True)
class Shell:
    folder: Path
    database_url: str

    def type(self, *words: str, answer: str = "", language: str = "ko_KR.UTF-8", **env: str) -> Result:
        at = ("--data", str(self.folder / "data"), "--database-url", self.database_url)
        return CliRunner().invoke(app, [*words, *at], input=answer, env={"LC_ALL": language} | env)

    def done(self, *words: str, answer: str = "") -> str:
        result = self.type(*words, answer=answer)
        assert result.exit_code == 0, result.output
        return result.stdout

    def told(self, *words: str) -> Any:
        """What a program is told."""
        return json.loads(self.done(*words, "--json"))

    def refused(self, *words: str, answer: str = "", code: int = 1) -> str:
        """The sentence."""
        result = self.type(*words, answer=answer)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.stderr

    def has(self, handle: str, role: str = "user", *, name: str = "안은주") -> Member:
        member = Member(handle=handle, email=f"{handle}@example.com", name=name, password=BY_DAEMUN)
        made = ("admin", "create", "--handle", handle, "--email", member.email, "--name", name, "--role", role, "--password-stdin")
        self.done(*made, answer=f"{BY_DAEMUN}\n")
        return member

    def recorded(self) -> list[dict[str, Any]]:
        """What the log says."""
        return recorded(self.folder / "data", self.database_url)

    def found(self, query: str) -> list[dict[str, Any]]:
        """Events of the log, newest first, with what is told of them."""
        return [json.loads(line) for line in self.done("audit", "search", query, "--json").splitlines()]

    def posted(self) -> list[str]:
        """Kinds of letters, newest first."""
        return [each["kind"] for each in self.told("letters", "list")["letters"]]
