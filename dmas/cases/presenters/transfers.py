"""The page of a transfer: how complete its data set is, who moves, its facts; and transfers as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dmas.cases.queries import TransferCase
from dmas.catalogue.rules import service_in_text
from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.core.actors import Actor
from dmas.core.nhs_number import spaced
from dmas.diagnostics import presenters as tests
from dmas.offers import presenters as offers
from dmas.proposals import presenters as matches
from dmas.requests import presenters as requests
from dmas.transfers import policy
from dmas.transfers import presenters as words
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from dmas.transfers.vocabulary.data_set import MANDATORY
from dmas.web.filters import count, day, weeks
from dmas.web.lists import Link

LISTED_HEAD = ("Transfer", "State", "Next step by", "First date")
_MISSING_SHOWN = 8
# Shown above the facts, in the words of whose turn it is.
# Said by the transfer itself, as it was agreed.
_SAID_OF_TEST = frozenset({"Report", "Images", "Counted in DM01 by"})
_SAID_ABOVE = frozenset({"State", "Waiting for", "Due", "Original clock start", "Test clock start"})


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of the minimum data set is filled in, and what is still missing by name."""

    filled: int
    of: int
    missing: list[str]

    @property
    def words(self) -> str:
        """Return it in one sentence."""
        if not self.missing:
            return f"All {self.of} answers that are needed are there."
        return f"{self.filled} of the {self.of} answers that are needed are there."

    @property
    def next_missing(self) -> str:
        """Return the first few missing answers, and how many more there are."""
        more = len(self.missing) - _MISSING_SHOWN
        named = ", ".join(name[0].lower() + name[1:] for name in self.missing[:_MISSING_SHOWN])
        return f"{named} and {more} more" if more > 0 else named


def title(case: TransferCase) -> str:
    """Return what moves, such as `One person in urology`; never who."""
    service = service_in_text(case.row.care_request.service)
    return f"One person {'in' if case.row.transfer.test is None else 'for'} {service}"


def completeness(values: Mapping[str, str]) -> Completeness:
    """Return how complete a data set is."""
    missing = words.missing(values)
    return Completeness(len(MANDATORY) - len(missing), len(MANDATORY), missing)


def person(values: Mapping[str, str], transfer: Transfer) -> list[tuple[str, object]]:
    """Return who moves, from the data set; only for the two sides."""
    born = values.get("birth_date")
    said: list[tuple[str, object]] = [
        ("Name", f"{values.get('given_name', '')} {values.get('family_name', '')}".strip()),
        ("Date of birth", day(date.fromisoformat(born)) if born else ""),
        ("NHS number", spaced(values.get("nhs_number", "")).strip()),
        ("Phone", values.get("phone_mobile") or values.get("phone_home") or ""),
        ("Pathway", transfer.pathway_id),
    ]
    return [(question, answer) for question, answer in said if answer]


def facts(case: TransferCase, actor: Actor, today: date) -> list[tuple[str, object]]:
    """Return the move and its dates; nothing here tells who moves."""
    transfer = case.row.transfer
    waited = weeks((today - transfer.clock_start).days)
    row = case.row
    said = [pair for pair in words.summary(row, today) if pair[0] not in _SAID_ABOVE]
    said += [
        pair
        for pair in tests.case_facts(row.offer, case.offered_test, row.care_request, case.asked_test, today)
        if pair[0] not in _SAID_OF_TEST
    ]
    said += [
        (
            "Original clock start" if transfer.test is None else "Test clock start",
            f"{day(transfer.clock_start)}, {waited} ago. It never changes here.",
        ),
        ("Match", Link(case.match_reference, matches.path(case.match_reference))),
        ("Offer", Link(case.row.offer.reference, offers.path(case.row.offer))),
    ]
    if not policy.at_receiver(actor, transfer):
        asked = case.row.care_request.reference
        said.append(("Request", Link(asked, requests.path(asked))))
    return said


def listed(moves: Sequence[Transfer]) -> list[tuple[object, ...]]:
    """Return one row for each transfer of a case, under `LISTED_HEAD`, what is due soonest first."""
    ordered = sorted(moves, key=lambda one: (one.due_on is None, one.due_on or date.max, one.reference))
    return [
        (
            Link(one.reference, words.path(one.reference)),
            words.status(one),
            day(one.due_on),
            day(one.first_date),
        )
        for one in ordered
    ]


def counted(moves: Sequence[Transfer]) -> str:
    """Return how many transfers there are and how many are treated, or nothing to say."""
    if any(one.basis == Basis.TEST_ONLY for one in moves):
        read = sum(1 for one in moves if one.status == TransferStatus.READ)
        return f"{count(len(moves), 'test')} booked or further, {read:,} read"
    treated = sum(1 for one in moves if one.status == TransferStatus.TREATED)
    return f"{count(len(moves), 'transfer')}, {treated:,} treated" if moves else ""
