"""Posting a trust's request to its ICB, and sending it again."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.catalogue.vocabulary.priorities import named_priority
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.calendar import add_working_days
from dmas.core.clock import london_date
from dmas.core.errors import InvalidInput, NotAllowed, NotFound
from dmas.core.references import new_reference
from dmas.providers.models import Organisation, Site
from dmas.providers.queries import icb_on
from dmas.providers.vocabulary import LocationSource, OrganisationKind
from dmas.requests import outbox, policy, rules
from dmas.requests.commands import (
    PostRequest,
    RequestDetails,
    RequestLineSpec,
    ResubmitRequest,
)
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.services import steps
from dmas.requests.vocabulary import APPROVAL_WORKING_DAYS, RequestStatus


def post(
    session: Session,
    command: PostRequest,
    *,
    actor: Actor,
    now: datetime,
    pathway: Pathway = Pathway.ELECTIVE,
) -> CareRequest:
    """Call for help in a trust's name; the search begins when its ICB has approved it.

    `pathway` is the one the caller answers for: what a test needs beside this, its own room adds.
    """
    if not policy.may_post(actor):
        raise NotAllowed("Only a trust's capacity manager can ask other providers for help.")
    trust = _trust(session, command.provider_code, actor)
    rules.check(command, today := london_date(now), pathway=pathway)
    home = _home(session, trust, command.site_code, today)
    care_request = CareRequest(
        reference=new_reference("RQ"),
        pathway=command.pathway.value,
        status=steps.next_status("post", RequestStatus.DRAFT),
        provider_code=trust.code,
        posted_by=actor.id,
        posted_at=now,
        approval_due_on=_approval_due_on(today),
    )
    _describe(care_request, command, home, today)
    session.add(care_request)
    details = {"lines": _lines_as_data(care_request)}
    audit.record(session, care_request, "request.posted", actor=actor, now=now, details=details)
    outbox.tell_approver(session, care_request, actor=actor, now=now)
    return care_request


def resubmit(
    session: Session,
    command: ResubmitRequest,
    *,
    actor: Actor,
    now: datetime,
    pathway: Pathway = Pathway.ELECTIVE,
) -> CareRequest:
    """Send a request to its ICB again, changed; possible until it is approved."""
    care_request = steps.own(session, command.reference, command.version, actor)
    if care_request.pathway != command.pathway:
        raise InvalidInput("A request stays what it is: an operation or a test.", field="pathway")
    status = steps.next_status("resubmit", care_request.status)
    trust = _trust(session, care_request.provider_code, actor)
    rules.check(command, today := london_date(now), pathway=pathway)
    home = _home(session, trust, command.site_code, today)
    before = _lines_as_data(care_request)
    care_request.status = status
    care_request.returned_reason = None
    care_request.approval_due_on = _approval_due_on(today)
    care_request.posted_by, care_request.posted_at = actor.id, now
    _describe(care_request, command, home, today)
    details = {"lines": _lines_as_data(care_request), "lines_before": before}
    audit.record(session, care_request, "request.resubmitted", actor=actor, now=now, details=details)
    outbox.tell_approver(session, care_request, actor=actor, now=now)
    return care_request


def _approval_due_on(today: date) -> date:
    return add_working_days(today, APPROVAL_WORKING_DAYS)


def _trust(session: Session, code: str | None, actor: Actor) -> Organisation:
    code = code or actor.organisation or ""
    foreign = not actor.is_system and code != actor.organisation
    trust = None if foreign else session.get(Organisation, code)
    if trust is None:
        raise NotFound("There is no such trust, or it is not yours.")
    if trust.kind != OrganisationKind.TRUST:
        raise NotAllowed("Only NHS trusts ask for help here. Independent providers can offer capacity.")
    return trust


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a request is from: its site, else the trust itself; ICB and region are the trust's."""

    site_code: str | None
    latitude: float
    longitude: float
    distance_approximate: bool
    icb_code: str
    region_code: str


def _home(session: Session, trust: Organisation, site_code: str | None, today: date) -> _Home:
    site = _site(session, trust, site_code, today)
    found = next((one for one in (site, trust) if one is not None and one.latitude is not None), None)
    if found is None or found.longitude is None or found.latitude is None:
        raise InvalidInput(
            "We do not know where this is, so distances cannot be worked out. Choose a site with a postcode,"
            " or ask the national administrator to add your trust's.",
            field="site_code",
        )
    icb = icb_on(session, trust.icb_code, today) if trust.icb_code else None
    if icb is None or icb.region_code is None:
        raise InvalidInput(
            "Your trust's ICB is not on record, so nobody could approve this. Ask the national administrator"
            " to add it.",
            field="site_code",
        )
    return _Home(
        site.code if site else None,
        found.latitude,
        found.longitude,
        found.location_source == LocationSource.OUTCODE,
        icb.code,
        icb.region_code,
    )


def _site(session: Session, trust: Organisation, site_code: str | None, today: date) -> Site | None:
    if site_code is None:
        return None
    site = session.get(Site, site_code)
    if site is None or site.provider_code != trust.code:
        raise InvalidInput("Choose one of your own trust's sites.", field="site_code")
    if site.closed_on is not None and site.closed_on < today:
        raise InvalidInput("This site has closed. Choose another.", field="site_code")
    return site


def _describe(care_request: CareRequest, details: RequestDetails, home: _Home, today: date) -> None:
    for item in fields(home):
        setattr(care_request, item.name, getattr(home, item.name))
    care_request.basis = details.basis.value
    care_request.stage = details.stage.value if details.stage else None
    care_request.service = details.service
    care_request.setting = details.setting.value
    care_request.travel_miles = details.travel_miles
    care_request.priority_date = details.priority_date
    care_request.needed_by = rules.needed_by_on(details.needed_by, details.priority_date, today)
    care_request.needs = rules.needs(details)
    care_request.insourcing_acceptable = details.insourcing_acceptable
    care_request.transport_offered = details.transport_offered
    care_request.reason = details.reason.strip()
    care_request.clinical_lead = details.clinical_lead.strip()
    care_request.notes = details.notes.strip()
    kept = list(care_request.lines)[: len(details.lines)]
    fresh = [RequestLine() for _ in details.lines[len(kept) :]]
    care_request.lines = [*kept, *fresh]
    for number, (line, spec) in enumerate(zip(care_request.lines, details.lines, strict=True), start=1):
        _describe_line(line, number, spec, today)


def _describe_line(line: RequestLine, number: int, spec: RequestLineSpec, today: date) -> None:
    line.number = number
    line.places = spec.places
    line.procedure_group = spec.procedure_group
    line.priority_code = named_priority(spec.priority_code).code
    line.weeks_from, line.weeks_to = spec.weeks_from, spec.weeks_to
    line.waiting_since = spec.waiting_since or rules.waiting_since(spec.weeks_from, today)
    line.tier = rules.tier_of(spec.priority_code, (today - line.waiting_since).days)
    line.age_from, line.age_to = spec.age_from, spec.age_to
    line.worst_asa, line.worst_bmi = spec.worst_asa, spec.worst_bmi
    line.sex = spec.sex.value if spec.sex else None


def _lines_as_data(care_request: CareRequest) -> list[dict[str, Any]]:
    """Return each line's counts and codes as plain values, for the history."""
    names = [item.name for item in fields(RequestLineSpec)]
    return [{name: _plain(getattr(line, name)) for name in names} for line in care_request.lines]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
