"""What the night did on the published figures, counted from its own rows and printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dmas.catalogue.rules import service_name
from dmas.demo.rehearsal.generate import ASSUMPTIONS
from dmas.matching.models import MatchRun, Outcome
from dmas.matching.presenters import REASONS
from dmas.offers.models import Offer
from dmas.proposals.models import Proposal
from dmas.providers.vocabulary import REGIONS
from dmas.requests.models import CareRequest


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the rehearsal: seconds it took and the process's peak memory by its end, in MB."""

    name: str
    seconds: float
    peak_mb: float


@dataclass(slots=True)
class Report:
    """Everything a rehearsal prints, besides its stages the same for the same seed."""

    period: str
    uptake: float
    seed: int
    providers: int
    approximate: int
    left_out: int
    over_40: int
    requests: int
    offers: int
    wanted: int
    offered: int
    matched: int
    by_region: list[tuple[str, int, int]]
    by_service: list[tuple[str, int, int]]
    unmatched: list[tuple[str, int]]
    median_miles: float | None
    ninth_miles: float | None
    verdict: str
    rules: tuple[int, int]  # looked at, broken
    stages: list[Stage] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of text."""
        yield f"Rehearsal on the published figures of {self.period}"
        yield f"  uptake             {self.uptake:>10.1%}   seed {self.seed}"
        yield f"  providers          {self.providers:>10,}   {self.approximate:,} placed by their ICB alone"
        if self.left_out:
            yield f"  left out           {self.left_out:>10,}   (no known ICB)"
        yield f"  waiting over 40 wk {self.over_40:>10,}"
        yield f"  requests           {self.requests:>10,}   for {self.wanted:,} places"
        yield f"  offers             {self.offers:>10,}   of {self.offered:,} places"
        matched = _share(self.matched, self.wanted)
        yield f"  matched            {self.matched:>10,}   {matched} of the places wanted"
        if self.median_miles is not None:
            yield f"  miles, median      {self.median_miles:>10.1f}"
            yield f"  miles, nine in ten {self.ninth_miles:>10.1f}"
        yield f"  check              {self.verdict}"
        yield "  doctor             {} rules looked at, {} broken".format(*self.rules)
        yield from _table("By home region", self.by_region)
        yield from _table("By service", self.by_service)
        yield "Not matched, by reason"
        yield from (f"  {reason:<48}{places:>10,}" for reason, places in self.unmatched)
        yield "Assumptions"
        yield from (f"  - {assumption}" for assumption in ASSUMPTIONS)
        yield "Stages                                     seconds   peak MB"
        yield from (f"  {s.name:<38}{s.seconds:>10.2f}{s.peak_mb:>10.0f}" for s in self.stages)


def figures(session: Session, run: MatchRun) -> dict[str, Any]:
    """Count a night's rows; distances are of places, in miles."""
    wanted, served = func.sum(Outcome.wanted), func.sum(Outcome.served)
    grouped = (
        select(CareRequest.region_code, CareRequest.service, wanted, served)
        .join(CareRequest, CareRequest.id == Outcome.request_id)
        .where(Outcome.run_id == run.id)
        .group_by(CareRequest.region_code, CareRequest.service)
    )
    rows = [(region, service, int(w), int(s)) for region, service, w, s in session.execute(grouped)]
    median, ninth = _percentiles(session, run, (0.5, 0.9))
    left = run.counts.get("unmatched", {})
    return {
        "requests": session.scalar(select(func.count()).select_from(CareRequest)),
        "offers": session.scalar(select(func.count()).select_from(Offer)),
        "offered": session.scalar(select(func.coalesce(func.sum(Offer.places), 0))),
        "wanted": sum(row[2] for row in rows),
        "matched": sum(row[3] for row in rows),
        "by_region": _summed([(REGIONS[row[0]], row[2], row[3]) for row in rows]),
        "by_service": _summed([(service_name(row[1]), row[2], row[3]) for row in rows]),
        "unmatched": sorted(((REASONS[code], n) for code, n in left.items()), key=lambda r: (-r[1], r[0])),
        "median_miles": median,
        "ninth_miles": ninth,
    }


def _percentiles(session: Session, run: MatchRun, shares: Sequence[float]) -> list[float | None]:
    """Return the distance under which each share of the matched places lies."""
    rows = session.execute(
        select(Proposal.tenths, func.sum(Proposal.places))
        .where(Proposal.run_date == run.service_date)
        .group_by(Proposal.tenths)
        .order_by(Proposal.tenths)
    ).all()
    total = sum(places for _, places in rows)
    found: list[float | None] = []
    for share in shares:
        seen = 0
        for tenths, places in rows:
            seen += places
            if seen >= share * total:
                found.append(tenths / 10)
                break
        else:
            found.append(None)
    return found


def _summed(rows: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    for name, wanted, served in rows:
        before = sums.get(name, (0, 0))
        sums[name] = before[0] + wanted, before[1] + served
    return sorted(((name, *both) for name, both in sums.items()), key=lambda row: (-row[1], row[0]))


def _table(heading: str, rows: Sequence[tuple[str, int, int]]) -> Iterator[str]:
    yield f"{heading:<40}{'wanted':>10}{'matched':>10}{'share':>8}"
    for name, wanted, matched in rows:
        yield f"  {name:<38}{wanted:>10,}{matched:>10,}{_share(matched, wanted):>8}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"
