"""What a drawn request needs and a drawn offer provides, in the tokens of the rules that real ones go by."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from dmas.catalogue.vocabulary.arrangements import Basis, CriticalCare, Setting, Stage
from dmas.catalogue.vocabulary.tokens import STANDARD_NOTICE
from dmas.catalogue.vocabulary.treatment_functions import ADULT_FROM_AGE
from dmas.demo.rehearsal.assumptions import CHILDREN
from dmas.demo.rehearsal.generate import DrawnOffer, stage_of
from dmas.demo.rehearsal.places import Place
from dmas.requests.rules import line_needs, transfer_needs

Tokens = frozenset[str]


@cache
def person_needs(function: str, setting: Setting, *, child: bool, short_notice: bool) -> Tokens:
    """Return what the search of somebody who asks themselves needs, but for the ring it is in."""
    stage = stage_of(setting)
    if stage is None:
        return _test_needs(short_notice=short_notice)
    needs = transfer_needs(
        stage=stage.value,
        critical_care=CriticalCare.NONE.value,
        tokens=(),
        patient_needs=(),
        short_notice=short_notice,
    )
    return frozenset(needs) | _line(function, stage, child=child)


@cache
def request_needs(setting: Setting) -> Tokens:
    """Return what a trust's request needs."""
    stage = stage_of(setting)
    if stage is None:
        return _test_needs(short_notice=False)
    needs = {f"stage:{stage.value}", f"basis:{Basis.WHOLE_PATHWAY.value}", STANDARD_NOTICE}
    return frozenset(needs | ({"treatment_follows"} if stage is Stage.FIRST_OUTPATIENT else set()))


@cache
def trust_needs(function: str, setting: Setting) -> Tokens:
    """Return what a line of a trust's request needs, but for the ring it is in."""
    stage, needs = stage_of(setting), request_needs(setting)
    return needs if stage is None else needs | _line(function, stage, child=function == CHILDREN)


def provided(drawn: DrawnOffer, place: Place) -> list[str]:
    """Return what an offer provides, sorted; `standard_notice` is the night's to add."""
    tokens = {f"icb:{place.icb}", f"region:{place.region}"}
    if drawn.stage is None:
        return sorted(tokens | {f"basis:{Basis.TEST_ONLY.value}"})
    tokens |= {f"function:{drawn.function}", f"stage:{drawn.stage.value}"}
    tokens.add(f"basis:{Basis.WHOLE_PATHWAY.value}")
    if drawn.setting is Setting.OUTPATIENT:
        tokens.add("treatment_follows")
    if drawn.function == CHILDREN:
        tokens.add("children")
    return sorted(tokens)


def both(one: Iterable[str], token: str | None) -> Tokens:
    """Return needs with a ring's token, if there is one."""
    return frozenset(one) if token is None else frozenset(one) | {token}


def _test_needs(*, short_notice: bool) -> Tokens:
    needs = {f"basis:{Basis.TEST_ONLY.value}"}
    return frozenset(needs if short_notice else needs | {STANDARD_NOTICE})


def _line(function: str, stage: Stage, *, child: bool) -> Tokens:
    age = ADULT_FROM_AGE - 1 if child else ADULT_FROM_AGE
    return line_needs(service=function, stage=stage.value, procedure_group=None, age_to=age)
