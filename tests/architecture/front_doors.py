"""A contract of our own: what stands inside a folder is imported from outside only by the folder's `__init__`."""

from __future__ import annotations

from typing import Any

import grimp
from importlinter import Contract, ContractCheck, fields, output


class FrontDoors(Contract):
    """For every folder in `houses`: whoever lives elsewhere imports `house.folder`, never `house.folder.inner`."""

    type_name = "front_doors"
    houses: Any = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        broken = [
            (importer, inner)
            for house in self.houses
            for folder in sorted(graph.find_children(house))
            for inner in sorted(graph.find_descendants(folder))
            for importer in sorted(graph.find_modules_that_directly_import(inner))
            if importer != folder and not importer.startswith(f"{folder}.")
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, inner in check.metadata["broken"]:
            output.print_error(f"{importer} goes past the front door to {inner}")
