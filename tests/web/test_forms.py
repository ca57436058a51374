"""What a form gives to whoever reads it."""

from __future__ import annotations

import pytest

from daemun.core.errors import Malformed
from daemun.web.forms import Form


@pytest.mark.parametrize("value", ["a\x00b", "\x1b[2J", "a\nb", "a\u202eb"])
def test_no_way_of_reading_a_line_gives_what_no_line_holds(value: str) -> None:
    form = Form({"role": ("user", value), "name": (value,)})
    for read in (lambda: form.texts("role"), lambda: form.text("name"), lambda: form.secret("name")):
        with pytest.raises(Malformed) as caught:
            read()
        assert [each.code for each in caught.value.flaws] == ["field_control"]
    assert Form({"role": ("user", "auditor")}).texts("role") == ("user", "auditor")
