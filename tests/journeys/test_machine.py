"""Thousands of steps in any order through every room's services, and after each the rules of the house."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.engine import URL

from tests.journeys.machine import Exchange

# What a run must have got to, or it has shown nothing.
REACHED = {
    "asked for oneself",
    "review suitable",
    "review not_suitable",
    "review more_information",
    "option choose",
    "patient supply",
    "patient changed",
    "patient clear",
    "patient withdraw",
    "offer posted",
    "offer withdraw",
    "offer suspend",
    "request posted",
    "request approved",
    "request withdrawn",
    "night",
    "proposal",
    "match accept",
    "match decline",
    "match ask",
    "capacity choose",
    "person named",
    "person said yes",
    "transfer send tried",
    "transfer confirm tried",
    "transfer give_date tried",
    "transfer return_to_home tried",
}


def _walk(server: URL, template: URL, examples: int, steps: int) -> Counter[str]:
    assert template.database is not None
    done: Counter[str] = Counter()
    machine = type(
        "ExchangeHere", (Exchange,), {"server": server, "template": template.database, "done": done}
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return done


@pytest.mark.timeout(600)
def test_two_thousand_steps_break_no_rule(server_url: URL, template_url: URL) -> None:
    done = _walk(server_url, template_url, examples=32, steps=80)
    assert done["step"] >= 2_000
    assert {name for name in REACHED if not done[name]} == set()


@pytest.mark.score
@pytest.mark.timeout(7_200)
def test_twenty_thousand_steps_break_no_rule(server_url: URL, template_url: URL) -> None:
    done = _walk(server_url, template_url, examples=250, steps=100)
    assert done["step"] >= 20_000
