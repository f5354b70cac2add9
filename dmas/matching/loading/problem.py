"""Rows to a problem: what is open tonight in the form the engine and its check both read.

Everything finer than service and setting becomes a token here: ring, notice, stage, procedure group.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from dmas.catalogue.rules import market
from dmas.matching.loading import patients, rows
from dmas.matching.vocabulary import OPTIONS_WHERE_SLACK
from dmas.offers.models import Offer
from dmas.offers.rules import standard_notice
from dmas.requests.rules import line_needs, needed_by_on, ring, tier_of

# A pathway, a service, a setting, and the youngest and oldest age of a line.
Band = tuple[str, str, str, int, int]
# A line's own needs, its service, stage, procedure group and age, and the token of its ring.
Needed = tuple[tuple[str, ...], str, str | None, str | None, int, str | None]


@dataclass(frozen=True, slots=True)
class Found:
    """What stood in the database: offers, lines, and the offers each line has spoken of. Equal: unchanged.

    `left_out` counts, by reason, the patients who search and take no part tonight.
    """

    offers: Sequence[Row[Any]]
    lines: Sequence[Row[Any]]
    spoken: Mapping[uuid.UUID, list[str]]
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def ids(self) -> set[uuid.UUID]:
        """The ids of the offers and requests, and of the patients' requests behind them."""
        behind = {row.transfer_request_id for row in self.lines if patients.is_patient(row)}
        return {row.id for row in self.offers} | {row.request_id for row in self.lines} | behind


@dataclass(frozen=True, slots=True)
class Loaded:
    """The problem, the rows its ids stand for, and everything it was made from."""

    problem: dict[str, Any]
    offers: Mapping[str, Row[Any]]
    lines: Mapping[str, Row[Any]]
    found: Found

    @property
    def digest(self) -> str:
        """The SHA-256 of the problem's canonical bytes: equal digests, equal inputs."""
        return digest(canonical(self.problem))


def canonical(value: Any) -> bytes:
    """Return one fixed sequence of bytes for a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(problem: bytes) -> str:
    """Return the SHA-256 of canonical bytes."""
    return sha256(problem).hexdigest()


def load(session: Session, as_of: date, *, only: Offer | None = None) -> Loaded:
    """Read everything that is open on a date; or one offer and the lines of its market."""
    return as_problem(find(session, as_of, only=only), as_of)


def find(session: Session, as_of: date, *, only: Offer | None = None) -> Found:
    """Read the rows a problem is made from."""
    offers, lines = rows.open_offers(as_of), rows.open_lines().where(rows.begun(as_of))
    if only is not None:
        offers, lines = offers.where(Offer.id == only.id), lines.where(rows.same_market(only))
    taking_part, left_out = patients.taking_part(session, session.execute(lines).all(), as_of)
    return Found(session.execute(offers).all(), taking_part, rows.spoken_for(session), left_out)


def as_problem(found: Found, as_of: date) -> Loaded:
    """Make the problem of some rows; further options are looked for where there are patients."""
    most = OPTIONS_WHERE_SLACK if any(patients.is_patient(row) for row in found.lines) else 1
    crossed, needs = _Crossed(found.offers), _Needs()
    sites = {row.site_code: row for row in found.offers}
    problem = {
        "as_of": as_of.isoformat(),
        "policy": {"max_options": most},
        "sites": [_site(row) for _, row in sorted(sites.items())],
        "offers": [_offer(row, as_of) for row in found.offers],
        "requests": [_request(row, as_of, crossed, needs, found.spoken) for row in found.lines],
    }
    return Loaded(
        problem=problem,
        offers={row.reference: row for row in found.offers},
        lines={line_id(row): row for row in found.lines},
        found=found,
    )


def line_id(row: Row[Any]) -> str:
    """Return a line's id in the problem: the request's reference and the line's number."""
    return f"{row.reference}/{row.number}"


def _site(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.site_code,
        "provider": row.provider_code,
        "region": row.region_code,
        "lat": row.latitude,
        "lon": row.longitude,
    }


def _offer(row: Row[Any], as_of: date) -> dict[str, Any]:
    notice = ["standard_notice"] if standard_notice(row.notice, row.window_to, as_of) else []
    return {
        "id": row.reference,
        "site": row.site_code,
        "service": market(row.pathway, row.service),
        "setting": row.setting,
        "from": row.window_from.isoformat(),
        "to": row.window_to.isoformat(),
        "places": row.free,
        "limits": {
            "min_age": row.min_age,
            "max_age": row.max_age,
            "max_asa": row.max_asa,
            "max_bmi": row.max_bmi,
            "sex": row.sex,
        },
        "accepts_from": {"regions": row.accepts_regions, "icbs": row.accepts_icbs},
        "provides": sorted({*row.provides, *notice}),
    }


def _request(
    row: Row[Any],
    as_of: date,
    crossed: _Crossed,
    needs: _Needs,
    spoken: Mapping[uuid.UUID, list[str]],
) -> dict[str, Any]:
    since = waits_since(row, as_of)
    needed_by = needed_by_on(row.needed_by, row.priority_date, as_of)
    if patients.is_patient(row):
        declined: Collection[str] = spoken.get(row.transfer_request_id, ())
    else:
        declined = {*spoken.get(row.id, ()), *crossed[_band(row)]}
    return {
        "id": line_id(row),
        "provider": row.provider_code,
        "icb": row.icb_code,
        "region": row.region_code,
        "lat": row.latitude,
        "lon": row.longitude,
        "service": market(row.pathway, row.service),
        "setting": row.setting,
        "places": row.wanted,
        "priority": tier_of(row.priority_code, (as_of - since).days),
        "waiting_since": since.isoformat(),
        "needed_by": needed_by.isoformat() if needed_by else None,
        "travel": {"miles": row.travel_miles} if row.travel_miles else {"national": True},
        "patient": _person(row, as_of),
        "needs": list(needs[_needed(row, as_of)]),
        "declined": sorted(set(declined)),
    }


def waits_since(row: Row[Any], as_of: date) -> date:
    """Return since when a line has waited; a patient, by the clock on the waiting list."""
    since: date = row.clock_start if patients.is_patient(row) else row.waiting_since
    return min(since, as_of)


def _person(row: Row[Any], as_of: date) -> dict[str, Any]:
    """Return the worst values of a line, or a patient's own as far as they are recent enough."""
    if patients.is_patient(row):
        return patients.person(row, as_of)
    return {"age": row.age_to, "asa": row.worst_asa, "bmi": row.worst_bmi, "sex": row.sex}


def _needed(row: Row[Any], as_of: date) -> Needed:
    if patients.is_patient(row):
        age, token = patients.age(row, as_of), patients.ring(row, as_of)
    else:
        age, token = row.age_to, ring(row.opened_on, as_of, icb=row.icb_code, region=row.region_code)
    return (*row.needs,), row.service, row.stage, row.procedure_group, age, token


class _Needs(dict[Needed, list[str]]):
    """The sorted needs of lines that are alike, made once however many they are."""

    def __missing__(self, key: Needed) -> list[str]:
        own, service, stage, group, age, token = key
        needs = {*own, *line_needs(service=service, stage=stage, procedure_group=group, age_to=age)}
        self[key] = sorted(needs | ({token} if token else set()))
        return self[key]


def _band(row: Row[Any]) -> Band:
    return row.pathway, row.service, row.setting, row.age_from, row.age_to


class _Crossed(dict[Band, list[str]]):
    """The references of the offers whose minimum age lies inside a band of ages, each band looked at once.

    The engine knows one age a line, the oldest. Such an offer would refuse the line's youngest, so the pair
    is left out.
    """

    def __init__(self, offers: Sequence[Row[Any]]) -> None:
        super().__init__()
        self._markets: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for row in offers:
            if row.min_age is not None:
                at = market(row.pathway, row.service), row.setting
                self._markets.setdefault(at, []).append((row.min_age, row.reference))

    def __missing__(self, band: Band) -> list[str]:
        pathway, service, setting, youngest, oldest = band
        taken = self._markets.get((market(pathway, service), setting), ())
        self[band] = [reference for minimum, reference in taken if youngest < minimum <= oldest]
        return self[band]


def crosses(line: Row[Any], minimum: int | None) -> bool:
    """Say whether an offer's minimum age lies inside a line's age band; a patient has one age, no band."""
    return minimum is not None and not patients.is_patient(line) and line.age_from < minimum <= line.age_to
