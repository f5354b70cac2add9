"""What an offer's terms mean: the tokens the engine reads, what changed, and whether limits grew tighter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from dmas.catalogue.rules import Taken, expand, offer_tokens
from dmas.catalogue.vocabulary.arrangements import CriticalCare, Notice, Pathway
from dmas.catalogue.vocabulary.tokens import hard_only
from dmas.catalogue.vocabulary.treatment_functions import ADULT_FROM_AGE
from dmas.offers.commands import TERM_NAMES, OfferKind, OfferTerms
from dmas.offers.vocabulary import STANDARD_NOTICE_DAYS, DoneBy

_FREE_TEXT = frozenset({"consultant", "notes"})  # changes of these are told, never quoted


def standard_notice(notice: str, window_to: date, as_of: date) -> bool:
    """Say whether the last bookable day still leaves 21 days to arrange a move and 21 days of notice."""
    return notice == Notice.STANDARD and window_to >= as_of + timedelta(days=STANDARD_NOTICE_DAYS)


def provides(kind: OfferKind, terms: OfferTerms, *, icb: str | None, region: str) -> list[str]:
    """Return the tokens an offer provides, sorted; `standard_notice` is the night's to add."""
    tokens = {f"region:{region}", f"basis:{kind.basis}", *hard_only(terms.tokens)} | _care(kind, terms)
    if icb is not None:
        tokens.add(f"icb:{icb}")
    if terms.critical_care in (CriticalCare.LEVEL_2, CriticalCare.LEVEL_3):
        tokens.add("critical_care:2")
    if terms.critical_care == CriticalCare.LEVEL_3:
        tokens.add("critical_care:3")
    if terms.min_age is not None and terms.min_age < ADULT_FROM_AGE:
        tokens.add("children")
    if terms.pre_assessment_by == DoneBy.RECEIVER:
        tokens.add("pre_assessment")
    if terms.gives_treatment:
        tokens.add("treatment_follows")
    return sorted(tokens)


def moved_on(terms: OfferTerms, today: date) -> OfferTerms:
    """Return last week's terms for this week: dates a week later, or the weeks it takes to reach today."""
    weeks = max(1, -(-(today - terms.window_from).days // 7))
    later = timedelta(weeks=weeks)
    return replace(terms, window_from=terms.window_from + later, window_to=terms.window_to + later)


def changes(before: OfferTerms, after: OfferTerms) -> dict[str, Any]:
    """Return each changed term as [old, new] in plain JSON values; free text only as "changed"."""
    found: dict[str, Any] = {}
    for name in TERM_NAMES:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            found[name] = "changed" if name in _FREE_TEXT else [_plain(old), _plain(new)]
    return found


def tightened(kind: OfferKind, before: OfferTerms, after: OfferTerms) -> bool:
    """Say whether somebody whom the offer took before may no longer be taken."""
    return (
        _raised(before.min_age, after.min_age)
        or _lowered(before.max_age, after.max_age)
        or _lowered(before.max_asa, after.max_asa)
        or _lowered(before.max_bmi, after.max_bmi)
        or (after.sex is not None and after.sex != before.sex)
        or _narrowed(before.accepts_regions, after.accepts_regions)
        or _narrowed(before.accepts_icbs, after.accepts_icbs)
        or not _offered(kind, before) <= _offered(kind, after)
        or after.window_from > before.window_from
        or after.window_to < before.window_to
    )


def _care(kind: OfferKind, terms: OfferTerms) -> frozenset[str]:
    if kind.pathway == Pathway.DIAGNOSTIC:
        return frozenset({f"function:{kind.service}"})
    return offer_tokens(_taken(kind, terms)) | {f"stage:{kind.stage}"}


def _offered(kind: OfferKind, terms: OfferTerms) -> set[str]:
    offered = set(provides(kind, terms, icb=None, region=""))
    return offered if kind.pathway == Pathway.DIAGNOSTIC else offered | expand(_taken(kind, terms))


def _taken(kind: OfferKind, terms: OfferTerms) -> Taken:
    groups, excluded = frozenset(terms.procedure_groups), frozenset(terms.excluded_groups)
    return Taken(kind.service, terms.any_procedure, groups, excluded)


def _raised(old: float | None, new: float | None) -> bool:
    return new is not None and (old is None or new > old)


def _lowered(old: float | None, new: float | None) -> bool:
    return new is not None and (old is None or new < old)


def _narrowed(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    return bool(new) and (not old or not set(old) <= set(new))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
