"""The first page: which test, and for an offer where and under which arrangement."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from dmas.catalogue.vocabulary.arrangements import Basis, Pathway, Setting
from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.core.actors import Role
from dmas.diagnostics.vocabulary import Arrangement
from dmas.offers.commands import OfferKind
from dmas.web.forms import Choice, ChoiceField, DmasForm, SelectField

TESTS = tuple(
    Choice(one.code, f"{one.name} ({one.group.label.lower()})") for one in DIAGNOSTIC_TESTS.values()
)
ARRANGEMENTS_OF = {
    Role.CAPACITY_MANAGER: (Arrangement.MUTUAL_AID, Arrangement.SUBCONTRACT),
    Role.INDEPENDENT_MANAGER: (
        Arrangement.EXISTING_CONTRACT,
        Arrangement.NEW_CONTRACT,
        Arrangement.SUBCONTRACT,
    ),
}


class StartOfferForm(DmasForm):
    """What is offered. It is sent by GET, so that the next page can be kept, shared and reloaded."""

    site = SelectField(
        "Where is the test given?",
        hint="For a mobile unit, the site it stands at.",
        required="Choose the site.",
    )
    service = SelectField("Which test?", choices=TESTS, required="Choose the test.")
    arrangement = ChoiceField("Under which arrangement?", required="Choose the arrangement.")

    def __init__(self, answers: MultiDict[str, str], *, sites: list[tuple[str, str]], role: Role) -> None:
        super().__init__(answers or None, meta={"csrf": False})
        self.site.choices = sites
        self.arrangement.choices = [_choice(one) for one in ARRANGEMENTS_OF[role]]
        if not answers:
            self.site.data = sites[0][0] if len(sites) == 1 else None
            self.arrangement.data = ARRANGEMENTS_OF[role][0].value

    def kind(self) -> OfferKind:
        """Return what is offered, from answers that have been validated."""
        return OfferKind(
            service=str(self.service.data),
            setting=Setting.DIAGNOSTIC,
            stage=None,
            basis=Basis.TEST_ONLY,
            contract_basis=Arrangement(str(self.arrangement.data)).contract,
            pathway=Pathway.DIAGNOSTIC,
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the answers; only a form somebody has begun to fill in can have faults."""
        return bool(self.service.raw_data or self.site.raw_data) and bool(super().validate(extra_validators))


class TestForm(DmasForm):
    """Which test people wait for; what it needs is asked on the next page."""

    __test__ = False  # pytest: the noun is the NHS's

    service = SelectField(
        "Which test are they waiting for?", choices=TESTS, required="Choose a test from the list"
    )


def _choice(arrangement: Arrangement) -> Choice:
    waits = arrangement.contract.needs_approval
    hint = "Waits for your ICB, at most 2 working days." if waits else "Opens at once. Your ICB is told."
    return Choice(arrangement.value, arrangement.label, hint)
