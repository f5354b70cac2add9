"""The first page of an offer: what care, where, under which arrangement. Its answers are in the address."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from dmas.catalogue.vocabulary.arrangements import Care
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS
from dmas.core.actors import Role
from dmas.offers.commands import OfferKind
from dmas.offers.vocabulary import Arrangement
from dmas.web.forms import Choice, ChoiceField, DmasForm, SelectField

_AT_ONCE = "Opens at once. Your ICB is told."
_WAITS = "Waits for your ICB, at most 2 working days."

ARRANGEMENTS_OF = {
    Role.CAPACITY_MANAGER: (
        Arrangement.MUTUAL_AID,
        Arrangement.MUTUAL_AID_EPISODE,
        Arrangement.SUBCONTRACT,
        Arrangement.INSOURCED,
    ),
    Role.INDEPENDENT_MANAGER: (
        Arrangement.EXISTING_CONTRACT,
        Arrangement.NEW_CONTRACT,
        Arrangement.SUBCONTRACT,
        Arrangement.INSOURCED,
    ),
}
SERVICES = tuple(Choice(one.code, one.label) for one in TREATMENT_FUNCTIONS.values())


class StartForm(DmasForm):
    """What is offered. It is sent by GET, so that the next page can be kept, shared and reloaded."""

    site = SelectField("Where is the care given?", required="Choose the site.")
    service = SelectField("Which service?", choices=SERVICES, required="Choose the service.")
    care = ChoiceField("What care can you offer?", choices=Care, required="Choose what care you can offer.")
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
        care, arrangement = Care(str(self.care.data)), Arrangement(str(self.arrangement.data))
        return OfferKind(
            service=str(self.service.data),
            setting=care.setting,
            stage=care.stage,
            basis=arrangement.basis,
            contract_basis=arrangement.contract,
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the answers; only a form somebody has begun to fill in can have faults."""
        return bool(self.service.raw_data or self.site.raw_data) and bool(super().validate(extra_validators))


def _choice(arrangement: Arrangement) -> Choice:
    hint = _WAITS if arrangement.contract.needs_approval else _AT_ONCE
    return Choice(arrangement.value, arrangement.label, hint)
