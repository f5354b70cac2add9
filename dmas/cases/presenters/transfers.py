"""The page of a hand-over: its data set so far, its dates, the conversation, and hand-overs as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dmas.cases.queries import TransferCase
from dmas.catalogue.rules import service_name
from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.catalogue.vocabulary.reasons import REASONS, ReasonFor
from dmas.core.actors import Actor
from dmas.offers import presenters as offers
from dmas.requests import presenters as requests
from dmas.transfers import policy, rules
from dmas.transfers.models import Transfer, TransferMessage
from dmas.transfers.vocabulary import TransferStatus
from dmas.transfers.vocabulary.data_set import MANDATORY
from dmas.web.filters import count, day, moment, weeks
from dmas.web.lists import Link, Tag

_COLOURS = {
    TransferStatus.PREPARING: "yellow",
    TransferStatus.SENT: "blue",
    TransferStatus.CONFIRMED: "green",
    TransferStatus.DATED: "green",
    TransferStatus.TREATED: "green",
    TransferStatus.RETURNED: "red",
}
LISTED_HEAD = ("Hand-over", "State", "Next step by", "First date")
_MISSING_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of the minimum data set is filled in, and what is still missing by name."""

    filled: int
    of: int
    missing: list[str]

    @property
    def complete(self) -> bool:
        """Say whether it may be sent."""
        return not self.missing

    @property
    def words(self) -> str:
        """Return it in one sentence."""
        if self.complete:
            return f"All {self.of} mandatory items are filled in."
        return f"{self.filled} of {self.of} mandatory items are filled in."

    @property
    def next_missing(self) -> str:
        """Return the first few missing items, and how many more there are."""
        more = len(self.missing) - _MISSING_SHOWN
        named = ", ".join(self.missing[:_MISSING_SHOWN])
        return f"{named} and {more} more" if more > 0 else named


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the conversation, and whether it is one's own side's."""

    at: str
    who: str
    text: str
    ours: bool


def path(transfer: Transfer) -> str:
    """Return the address of a hand-over's page."""
    return f"/transfers/{transfer.reference}"


def status(transfer: Transfer) -> Tag:
    """Return the state as a tag."""
    state = TransferStatus(transfer.status)
    return Tag(state.label, _COLOURS.get(state, "grey"))


def title(case: TransferCase) -> str:
    """Return what moves, such as `One person in urology`; never who."""
    name = service_name(case.care_request.service)
    return f"One person in {name[0].lower()}{name[1:]}"


def completeness(values: Mapping[str, str]) -> Completeness:
    """Return how complete a data set is."""
    missing = [element.label for element in rules.missing(values)]
    return Completeness(len(MANDATORY) - len(missing), len(MANDATORY), missing)


def person(values: Mapping[str, str], transfer: Transfer) -> list[tuple[str, object]]:
    """Return who moves, from the data set; only for the two sides."""
    number = values.get("nhs_number", "")
    born = values.get("birth_date")
    said: list[tuple[str, object]] = [
        ("Name", f"{values.get('given_name', '')} {values.get('family_name', '')}".strip()),
        ("Date of birth", day(date.fromisoformat(born)) if born else ""),
        ("NHS number", f"{number[:3]} {number[3:6]} {number[6:]}"),
        ("Phone", values.get("phone_mobile") or values.get("phone_home") or ""),
        ("Pathway", transfer.pathway_id),
    ]
    return [(question, answer) for question, answer in said if answer]


def facts(case: TransferCase, actor: Actor, today: date) -> list[tuple[str, object]]:
    """Return the move and its dates; nothing here tells who moves."""
    transfer, names = case.transfer, case.story.names
    waited = weeks((today - transfer.clock_start).days)
    said: list[tuple[str, object]] = [
        ("From", names.get(transfer.home_code, transfer.home_code)),
        ("To", f"{case.site_name}, {names.get(transfer.receiver_code, transfer.receiver_code)}"),
        ("What moves", Basis(transfer.basis).label),
        ("Care", requests.care_label(case.care_request)),
        ("Original clock start", f"{day(transfer.clock_start)}, {waited} ago. It never changes here."),
        ("Agreed", day(transfer.agreed_at)),
        ("Sent", moment(transfer.sent_at) if transfer.sent_at else None),
        ("Confirmed", moment(transfer.confirmed_at) if transfer.confirmed_at else None),
        ("Home appointment cancelled", "Yes" if transfer.home_slot_cancelled else None),
        ("First date", day(transfer.first_date) if transfer.first_date else None),
        ("Treated", day(transfer.treated_on) if transfer.treated_on else None),
        ("Returned", day(transfer.returned_at) if transfer.returned_at else None),
        ("Why returned", _return_reason(transfer)),
        ("Person phoned", moment(transfer.patient_phoned_at) if transfer.patient_phoned_at else None),
        ("Back on the home list", day(transfer.re_registered_on) if transfer.re_registered_on else None),
        ("Match", Link(case.proposal_reference, f"/matches/{case.proposal_reference}")),
        ("Offer", Link(case.offer.reference, offers.path(case.offer))),
    ]
    if not policy.at_receiver(actor, transfer):
        asked = case.care_request.reference
        said.append(("Request", Link(asked, requests.path(asked))))
    return [(question, answer) for question, answer in said if answer is not None]


def conversation(messages: Sequence[TransferMessage], names: Mapping[str, str], actor: Actor) -> list[Said]:
    """Return what the two sides said, oldest first."""
    return [
        Said(
            moment(one.said_at),
            f"{one.said_by}, {names.get(one.organisation_code, one.organisation_code)}",
            one.text,
            one.organisation_code == actor.organisation,
        )
        for one in messages
    ]


def listed(moves: Sequence[Transfer]) -> list[tuple[object, ...]]:
    """Return one row for each hand-over of a case, under `LISTED_HEAD`, what is due soonest first."""
    ordered = sorted(moves, key=lambda one: (one.due_on is None, one.due_on or date.max, one.reference))
    return [
        (Link(one.reference, path(one)), status(one), day(one.due_on), day(one.first_date)) for one in ordered
    ]


def counted(moves: Sequence[Transfer]) -> str:
    """Return how many hand-overs there are, and how many are treated."""
    treated = sum(1 for one in moves if one.status == TransferStatus.TREATED)
    return f"{count(len(moves), 'hand-over')}, {treated:,} treated" if moves else ""


def _return_reason(transfer: Transfer) -> str | None:
    if transfer.return_reason is None:
        return None
    known = REASONS[ReasonFor.RETURN].get(transfer.return_reason)
    return known.label if known else transfer.return_reason
