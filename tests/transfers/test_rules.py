"""The hand-over's lifecycles and limits, and what a complete data set is."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.core.errors import Conflict, IllegalTransition, InvalidInput
from dmas.core.transitions import advance
from dmas.transfers import rules
from dmas.transfers.commands import OpenTransfer, Side, Traveller
from dmas.transfers.vocabulary import LIVE, TESTING, TransferStatus
from dmas.transfers.vocabulary.data_set import MANDATORY

_S = TransferStatus
TODAY = date(2026, 11, 21)
BOTH = (Basis.WHOLE_PATHWAY, Basis.SUBCONTRACTED)


@pytest.mark.parametrize("basis", BOTH)
def test_every_state_is_reached_and_treatment_is_final(basis: Basis) -> None:
    table = rules.TRANSITIONS[basis]
    of_tests = TESTING | {_S.READ}
    assert {row.target for row in table.values()} == set(TransferStatus) - {_S.PREPARING} - of_tests
    assert not any(_S.TREATED in row.sources for row in table.values())
    assert all(any(state in row.sources for row in table.values()) for state in LIVE)


def test_only_a_subcontracted_episode_is_treated_without_a_date() -> None:
    assert advance(rules.SUBCONTRACTED, "treat", _S.CONFIRMED, noun="transfer") is _S.TREATED
    with pytest.raises(IllegalTransition):
        advance(rules.WHOLE_PATHWAY, "treat", _S.CONFIRMED, noun="transfer")


def test_an_insourced_team_has_no_hand_over_here() -> None:
    for basis in (*BOTH, Basis.TEST_ONLY):
        rules.check_opens(basis)
    with pytest.raises(Conflict):
        rules.check_opens(Basis.INSOURCED)


def test_the_home_entry_ends_by_basis() -> None:
    whole = {one for one in _S if rules.home_entry_open(Basis.WHOLE_PATHWAY, one)}
    part = {one for one in _S if rules.home_entry_open(Basis.SUBCONTRACTED, one)}
    assert not whole & {_S.CONFIRMED, _S.DATED, _S.TREATED}
    assert part - whole == {_S.CONFIRMED, _S.DATED}
    assert (rules.rtt_status(Basis.WHOLE_PATHWAY), rules.rtt_status(Basis.SUBCONTRACTED)) == ("21", None)


def test_due_dates_and_turns() -> None:
    assert rules.due_after(_S.PREPARING, TODAY) == date(2026, 11, 24)
    assert rules.due_after(_S.SENT, TODAY) == date(2026, 11, 25)
    assert rules.due_after(_S.RETURNED, TODAY) == date(2026, 11, 24)
    assert rules.due_after(_S.DATED, TODAY, date(2026, 12, 1)) == date(2026, 12, 1)
    assert rules.due_after(_S.CONFIRMED, TODAY) is None
    turns = {rules.turn_of(one): one for one in _S}
    assert set(turns) == {"home", "receiver", None}


def test_dates_that_cannot_be() -> None:
    rules.check_first_date(TODAY, TODAY)
    for wrong in (TODAY - timedelta(days=1), TODAY + timedelta(days=731)):
        with pytest.raises(InvalidInput):
            rules.check_first_date(wrong, TODAY)
    rules.check_treated_on(TODAY, TODAY, TODAY)
    for wrong in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(InvalidInput):
            rules.check_treated_on(wrong, TODAY, TODAY)
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    rules.check_phoned(None, now, now)
    rules.check_phoned(now, now, now)
    for moment in (now - timedelta(hours=1), now + timedelta(hours=1)):
        with pytest.raises(InvalidInput):
            rules.check_phoned(moment, now, now)


def test_nobody_comes_back_with_another_clock() -> None:
    clock = date(2025, 12, 1)
    rules.check_re_registers(TODAY, clock, clock, returned=TODAY, today=TODAY)
    with pytest.raises(InvalidInput, match="original clock start is 1 December 2025") as refused:
        rules.check_re_registers(TODAY, TODAY, clock, returned=TODAY, today=TODAY)
    assert refused.value.field == "clock_start"
    for wrong in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(InvalidInput):
            rules.check_re_registers(wrong, clock, clock, returned=TODAY, today=TODAY)


def _command(basis: Basis, phone: str) -> OpenTransfer:
    some = uuid.uuid4()
    return OpenTransfer(
        proposal_id=some,
        offer_id=some,
        request_id=some,
        line_id=some,
        pathway="elective",
        basis=basis,
        home_function="110",
        receiver_function="110",
        home=Side("RAA", "QAA", "Y60"),
        receiver=Side("NBB", None, "Y60"),
        person=Traveller(
            person_id=some,
            pathway_id="PATH1",
            nhs_number="9990000018",
            given_name="Morgan",
            family_name="Example",
            date_of_birth=date(1960, 2, 1),
            postcode="B15 2GW",
            phone=phone,
            clock_start=date(2025, 12, 1),
        ),
    )


def test_what_is_known_at_the_yes_is_filled_in() -> None:
    values = rules.first_values(
        _command(Basis.WHOLE_PATHWAY, "07700 900123"), home_name="Home", receiver_name="Away", agreed_on=TODAY
    )
    assert (values["rtt_status"], values["clock_start"]) == ("21", "2025-12-01")
    assert values["phone_mobile"] == "07700 900123"
    absent = {element.key for element in rules.missing(values)}
    assert absent == {
        "title",
        "address",
        "local_patient_id",
        "gp_name",
        "practice_code",
        "home_professional",
        "referrer_code",
        "home_contact",
    }
    other = rules.first_values(
        _command(Basis.SUBCONTRACTED, "0121 496 0000"), home_name="H", receiver_name="A", agreed_on=TODAY
    )
    assert (other["rtt_status"], other["phone_home"]) == ("20", "0121 496 0000")


def test_a_data_set_is_complete_when_every_mandatory_element_is_there() -> None:
    whole = {element.key: "x" for element in MANDATORY}
    rules.check_complete(whole)
    with pytest.raises(InvalidInput, match="fill in: Title"):
        rules.check_complete(whole | {"title": "  "})


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("title", " Mx ", "Mx"),
        ("postcode", "b152gw", "B15 2GW"),
        ("birth_date", "1960-02-01", "1960-02-01"),
        ("practice_code", "m85001", "M85001"),
        ("on_pathway", "rrk, rj1 rrk", "RRK RJ1"),
        ("email", "a@example.org", "a@example.org"),
        ("home_function", "110", "110"),
        ("phone_work", "+44 (0)121 496 0000", "+44 (0)121 496 0000"),
    ],
)
def test_what_is_typed_gets_its_one_form(key: str, typed: str, kept: str) -> None:
    assert rules.merged({}, {key: typed}, TODAY) == {key: kept}


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("title", "x" * 36),
        ("postcode", "nowhere"),
        ("birth_date", "2026-11-22"),
        ("birth_date", "1 May"),
        ("practice_code", "?"),
        ("on_pathway", "RRK !"),
        ("email", "nobody"),
        ("home_function", "999x"),
        ("phone_work", "call"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(key: str, typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.merged({}, {key: typed}, TODAY)
    assert refused.value.field == key


def test_fixed_elements_stay_and_empty_ones_clear() -> None:
    known = {"nhs_number": "9990000018", "title": "Mx"}
    assert rules.merged(known, {"nhs_number": "9990000026", "title": ""}, TODAY) == {
        "nhs_number": "9990000018"
    }
    with pytest.raises(InvalidInput, match="no such element"):
        rules.merged({}, {"password": "x"}, TODAY)
