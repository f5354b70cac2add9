"""The tokens of what is drawn are those of the rules that real requests and offers go by."""

from __future__ import annotations

from dmas.catalogue.vocabulary.arrangements import Setting
from dmas.demo.rehearsal import terms
from dmas.demo.rehearsal.generate import DrawnOffer, stage_of
from tests.demo.rehearsal.conftest import PLACES

ADULT = {"child": False, "short_notice": False}


def offer(function: str, setting: Setting) -> frozenset[str]:
    drawn = DrawnOffer("RAA", function, setting, stage_of(setting), 5, 50, None, None)
    return frozenset(terms.provided(drawn, PLACES[0])) | {"standard_notice"}


def test_a_person_may_go_to_an_offer_of_the_same_care_and_to_no_other() -> None:
    for setting in (Setting.OUTPATIENT, Setting.DAY_CASE, Setting.DIAGNOSTIC):
        function = "MRI" if setting is Setting.DIAGNOSTIC else "110"
        assert terms.person_needs(function, setting, **ADULT) <= offer(function, setting)
        assert terms.trust_needs(function, setting) <= offer(function, setting)
    assert not terms.person_needs("110", Setting.OUTPATIENT, **ADULT) <= offer("110", Setting.DAY_CASE)


def test_children_need_childrens_places_and_short_notice_needs_no_notice() -> None:
    child = terms.person_needs("X04", Setting.OUTPATIENT, child=True, short_notice=True)
    assert "children" in child & terms.trust_needs("X04", Setting.OUTPATIENT)
    assert child <= offer("X04", Setting.OUTPATIENT)
    assert not child <= offer("110", Setting.OUTPATIENT)
    assert "standard_notice" not in child
    assert "standard_notice" in terms.trust_needs("X04", Setting.OUTPATIENT)


def test_a_ring_is_added_where_there_is_one() -> None:
    assert terms.both({"a"}, "icb:QHL") == {"a", "icb:QHL"}
    assert terms.both({"a"}, None) == {"a"}
