"""Each lifecycle in docs/states.md is the table that the program runs on, word for word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENT = PROJECT / "docs" / "states.md"

# Heading in the document: where its table is.
LIFECYCLES = {
    "Offer": "dmas.offers.rules:TRANSITIONS",
    "Request": "dmas.requests.rules:TRANSITIONS",
    "Patient's own request": "dmas.requests.rules:TRANSFER_TRANSITIONS",
    "Proposal": "dmas.proposals.rules:TRANSITIONS",
    "Transfer of a whole pathway": "dmas.transfers.rules:WHOLE_PATHWAY",
    "Transfer of a subcontracted episode": "dmas.transfers.rules:SUBCONTRACTED",
    "Transfer of a test alone": "dmas.transfers.rules:TEST_ONLY",
    "Upload": "dmas.uploads.rules:TRANSITIONS",
    "Request for a choice": "dmas.waitinglist.rules:TRANSITIONS",
}


def lifecycle(address: str) -> Mapping[str, Any]:
    module, _, name = address.partition(":")
    table: Mapping[str, Any] = getattr(import_module(module), name)
    return table


def rendered(table: Mapping[str, Any]) -> str:
    """Return a lifecycle as the table the document holds."""
    lines = ["| Step | From | To | By |", "|---|---|---|---|"]
    for verb, step in table.items():
        order = list(type(step.target))
        sources = ", ".join(_said(state) for state in sorted(step.sources, key=order.index))
        lines.append(f"| {verb.replace('_', ' ')} | {sources} | {_said(step.target)} | {step.by} |")
    return "\n".join(lines)


def _said(state: Any) -> str:
    return str(state.value).replace("_", " ")


def section(heading: str) -> str:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found, f"docs/states.md has no section “{heading}”"
    return found[1]


@pytest.mark.parametrize("heading", LIFECYCLES)
def test_the_document_shows_the_table_of_the_program(heading: str) -> None:
    expected = rendered(lifecycle(LIFECYCLES[heading]))
    assert expected in section(heading), f"The section “{heading}” should hold this table:\n\n{expected}\n"


@pytest.mark.parametrize("heading", LIFECYCLES)
def test_every_state_can_be_reached_or_is_where_it_begins(heading: str) -> None:
    table = lifecycle(LIFECYCLES[heading])
    states = {state for step in table.values() for state in (*step.sources, step.target)}
    unreached = states - {step.target for step in table.values()}
    sources = {state for step in table.values() for state in step.sources}
    assert len(unreached) <= 1, f"{heading}: no step leads to {sorted(unreached)}"
    assert unreached <= sources, f"{heading}: {sorted(unreached)} is neither reached nor left"


def test_every_lifecycle_of_the_program_is_listed() -> None:
    listed = {address.partition(":")[0] for address in LIFECYCLES.values()}
    with_table = {
        ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        for path in (PROJECT / "dmas").glob("*/rules*")
        if path.suffix == ".py" or path.is_dir()
    }
    found = {name for name in with_table if hasattr(import_module(name), "TRANSITIONS")}
    assert found == listed
