"""Whether an offer of one treatment function serves a request of another, as a decision and as tokens.

A sub-specialty never matches its parent, nor the parent its sub-specialty, unless the offer names the very
procedure group. The engine compares service, needs and provides only, so the same decision is also given in
those words: `service`, `request_tokens` and `offer_tokens`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache

from dmas.catalogue.vocabulary.arrangements import ContractBasis, Pathway
from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.catalogue.vocabulary.procedures import groups_of, offerable_groups, procedure_group
from dmas.catalogue.vocabulary.treatment_functions import (
    PUBLISHED_FUNCTIONS,
    AgeGroup,
    family,
    treatment_function,
)
from dmas.core.errors import InvalidInput

# A scan reported at home is due after so many working days; a receiver promises its own.
REPORT_WORKING_DAYS = 10


@dataclass(frozen=True, slots=True)
class Taken:
    """What an offer takes: its function, the groups it names, those it leaves out, or all of its own."""

    function: str
    any_procedure: bool
    groups: frozenset[str] = field(default_factory=frozenset)
    excluded: frozenset[str] = field(default_factory=frozenset)


def check_taken(taken: Taken) -> None:
    """Raise InvalidInput where an offer's procedures make no sense for its function."""
    allowed = {group.code for group in offerable_groups(taken.function)}
    for code in sorted(taken.groups | taken.excluded):
        group = procedure_group(code)
        if group.code not in allowed:
            name = treatment_function(taken.function).name.lower()
            raise InvalidInput(
                f"{group.name} does not belong to {name}. Remove it, or offer it under its own service.",
                field="procedure_groups",
            )
    both = sorted(taken.groups & taken.excluded)
    if both:
        name = procedure_group(both[0]).name
        raise InvalidInput(f"{name} is both taken and left out. Choose one.", field="excluded_groups")
    if not expand(taken) and not taken.any_procedure:
        raise InvalidInput("Choose at least one procedure, or any in this service.", field="procedure_groups")


def expand(taken: Taken) -> frozenset[str]:
    """Return every group an offer takes under its own function: named ones and, for "any", all its own."""
    own = {group.code for group in groups_of(taken.function)} if taken.any_procedure else set()
    return frozenset((own | taken.groups) - taken.excluded)


def serves(taken: Taken, function: str, group: str | None) -> bool:
    """Say whether an offer serves a request of a function, and of one group where admission is decided.

    Without a group (a first appointment, or a service that has no groups) the functions must be equal.
    """
    if group is None:
        return taken.function == function
    if taken.function == function:
        return group in expand(taken)
    related = treatment_function(taken.function).family == treatment_function(function).family
    return related and group in taken.groups - taken.excluded and function in procedure_group(group).functions


def service_name(code: str) -> str:
    """Return a service as people say it: the treatment function's name or the test's."""
    if code in DIAGNOSTIC_TESTS:
        return DIAGNOSTIC_TESTS[code].name
    if code in PUBLISHED_FUNCTIONS:
        return PUBLISHED_FUNCTIONS[code].name
    return treatment_function(code).name


def service_label(code: str) -> str:
    """Return a service with its code where people know it: `101 Urology`, but `MRI scan`."""
    return service_name(code) if code in DIAGNOSTIC_TESTS else treatment_function(code).label


def service_in_text(code: str) -> str:
    """Return a service's name as it stands within a sentence: `urology`, but `MRI scan`."""
    name = service_name(code)
    return name if name[1:2].isupper() else name[0].lower() + name[1:]


def ages_of(code: str) -> AgeGroup | None:
    """Return whom a service is for by its name; a test is for whomever its offer says."""
    return None if code in DIAGNOSTIC_TESTS else treatment_function(code).ages


def reported_by(contract_basis: str) -> str:
    """Return who counts a test in the monthly return, `home` or `receiver`, so that none counts twice.

    Mutual aid and a subcontract leave the test the home trust's; under a contract of its own the receiver
    counts it.
    """
    own = (ContractBasis.STANDARD_CONTRACT, ContractBasis.NEW_CONTRACT)
    return "receiver" if contract_basis in own else "home"


def report_promised(provides: Collection[str]) -> tuple[str, int]:
    """Return who writes a test's report, `receiver` or `home`, and within how many working days."""
    days = [int(code.partition(":")[2]) for code in provides if code.startswith("report_within:")]
    side = "receiver" if "report_included" in provides else "home"
    return side, min(days, default=REPORT_WORKING_DAYS)


@cache
def market(pathway: str, code: str) -> str:
    """Return the code under which a service is matched: a function's family, or the test itself.

    A published group such as X05, which a rehearsal uses where the figures say no more, stands for itself.
    """
    return code if pathway == Pathway.DIAGNOSTIC or code in PUBLISHED_FUNCTIONS else service(code)


def service(function: str) -> str:
    """Return the one code a whole family is matched under; `request_tokens` then tell its members apart."""
    return treatment_function(function).family


def request_tokens(function: str, group: str | None) -> frozenset[str]:
    """Return the needs that make the engine decide as `serves` does."""
    if group is None:
        return frozenset({f"function:{function}"})
    return frozenset({f"opcs:{group}", f"function:{function}:{group}"})


def offer_tokens(taken: Taken) -> frozenset[str]:
    """Return what an offer provides so that the engine decides as `serves` does."""
    own = expand(taken)
    tokens = {f"function:{taken.function}"}
    tokens |= {f"opcs:{group}" for group in own}
    tokens |= {f"function:{taken.function}:{group}" for group in own}
    for member in family(taken.function):
        if member.code != taken.function:
            named = taken.groups - taken.excluded
            theirs = {group for group in named if member.code in procedure_group(group).functions}
            tokens |= {f"function:{member.code}:{group}" for group in theirs}
    return frozenset(tokens)
