"""People of other systems, read from their files and databases. One file in `formats` reads one kind; what is there is found."""

from __future__ import annotations

from collections.abc import Mapping

from daemun.adapters.importing import formats
from daemun.adapters.importing.format import FIELDS, Format, Reading
from daemun.adapters.importing.scratch import OnDisk
from daemun.core.collect import modules_in

__all__ = ["FIELDS", "Format", "OnDisk", "Reading", "formats_by_name"]


def formats_by_name() -> Mapping[str, Format]:
    """As they are typed."""
    found = (module.format for module in modules_in(formats))
    return {each.name: each for each in found}
