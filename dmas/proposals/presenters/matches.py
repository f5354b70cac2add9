"""Matches in words: what lists, pages and other rooms show of one. People stay pseudonymised here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dmas.catalogue.rules import service_in_text, service_name
from dmas.catalogue.vocabulary.arrangements import Care, Pathway, Setting
from dmas.catalogue.vocabulary.priorities import PriorityScale, named_priority
from dmas.catalogue.vocabulary.procedures import procedure_group
from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.catalogue.vocabulary.tokens import STANDARD_NOTICE, TokenTopic, label, token
from dmas.core import transitions
from dmas.core.actors import Actor
from dmas.core.calendar import working_days_between
from dmas.core.clock import london_date
from dmas.core.errors import InvalidInput
from dmas.offers.models import Offer
from dmas.offers.rules import standard_notice
from dmas.proposals import policy, rules
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.queries import MatchRow
from dmas.proposals.vocabulary import AskedHow, Consent, ProposalStatus, Turn
from dmas.requests.models import CareRequest, RequestLine
from dmas.web.filters import count, day, miles, moment
from dmas.web.lists import Tag

_COLOURS = {
    ProposalStatus.PROPOSED: "yellow",
    ProposalStatus.NEEDS_INFORMATION: "orange",
    ProposalStatus.RECEIVER_ACCEPTED: "blue",
    ProposalStatus.ACCEPTED_SUBJECT: "blue",
    ProposalStatus.ASKED: "yellow",
    ProposalStatus.OFFERED: "blue",
    ProposalStatus.CHOSEN: "green",
    ProposalStatus.RECEIVER_DECLINED: "red",
    ProposalStatus.DECLINED: "red",
    ProposalStatus.LAPSED: "red",
}
_SAYS_NOTHING = (("Not known", "No limit"), ("Any", "Any"))
_FITS = {True: Tag("Fits", "green"), False: Tag("Does not fit", "red"), None: Tag("Not known", "orange")}


def path(reference: str) -> str:
    """Return the address of a match's page."""
    return f"/matches/{reference}"


def status(proposal: Proposal) -> Tag:
    """Return the state in words and colour."""
    state = ProposalStatus(proposal.status)
    return Tag(state.label, _COLOURS.get(state, "grey"))


def service(care_request: CareRequest) -> str:
    """Return the name of the service asked for."""
    return service_name(care_request.service)


def heading(row: MatchRow) -> str:
    """Return a match in one line, such as `2 places in urology, 12.3 miles in a straight line`."""
    places = count(row.proposal.places, "place")
    into = "for" if row.care_request.pathway == Pathway.DIAGNOSTIC else "in"
    return f"{places} {into} {service_in_text(row.care_request.service)}, {distance(row.proposal)}"


def distance(proposal: Proposal) -> str:
    """Return the distance, marked where it is from the centre of a postcode district."""
    about = "about " if proposal.distance_approximate else ""
    return f"{about}{miles(proposal.tenths)}"


def group(line: RequestLine) -> str:
    """Return the people of a line as the receiver may know them."""
    said = [
        line.priority_code,
        f"waiting {_span(line.weeks_from, line.weeks_to)} weeks",
        f"aged {_span(line.age_from, line.age_to)}",
    ]
    if line.worst_asa is not None or not _is_test(line):
        said.append("ASA not known" if line.worst_asa is None else f"ASA {line.worst_asa} at worst")
    if line.worst_bmi is not None or not _is_test(line):
        said.append("BMI not known" if line.worst_bmi is None else f"BMI {line.worst_bmi:g} at worst")
    if line.sex is not None:
        said.append("women" if line.sex == "F" else "men")
    words = ", ".join(said)
    return f"{operation(line)}: {words}" if line.procedure_group else words


def in_short(line: RequestLine) -> str:
    """Return the people of a line in few words, for a list."""
    what = "" if _is_test(line) else f"{operation(line)}, "
    return f"{what}{line.priority_code}, {_span(line.weeks_from, line.weeks_to)} weeks"


def _is_test(line: RequestLine) -> bool:
    return named_priority(line.priority_code).scale is PriorityScale.TEST


def _span(least: int, most: int) -> str:
    """Return a range in words; of one person it is one number."""
    return f"{least}" if least == most else f"{least} to {most}"


def operation(line: RequestLine) -> str:
    """Return the operation a line waits for, or that none is named."""
    return procedure_group(line.procedure_group).name if line.procedure_group else "No operation named"


def side(proposal: Proposal, actor: Actor) -> str:
    """Return which side the actor's organisation is on, or `Looking on`."""
    if policy.at_receiver(actor, proposal):
        return "Receiving"
    return "Sending" if policy.at_home(actor, proposal) else "Looking on"


def owner(row: MatchRow) -> str | None:
    """Return whose turn it is, by name, or None once it is over."""
    turn = rules.turn_of(row.proposal.status, patient=row.proposal.transfer_request_id is not None)
    names = {
        Turn.HOME: row.home_name,
        Turn.RECEIVER: row.receiver_name,
        Turn.PATIENT: "The patient",
        Turn.EXCHANGE: "The other hospitals asked for this patient",
    }
    return names[turn] if turn else None


def due(proposal: Proposal, today: date) -> Tag | str | None:
    """Return by when the next step is due, as a tag on the day and after it."""
    if proposal.due_on is None:
        return None
    if proposal.due_on < today:
        return Tag(f"Overdue since {day(proposal.due_on)}", "red")
    if proposal.due_on == today:
        return Tag("Due today", "orange")
    left = working_days_between(today, proposal.due_on)
    return f"{day(proposal.due_on)} ({count(left, 'working day')} left)"


def fit(row: MatchRow) -> list[tuple[str, str, str, Tag]]:
    """Return the fit field by field: what is asked, what the offer takes, and whether it fits."""
    line, offer, request_ = row.line, row.offer, row.care_request
    asked = rules.Group(line.age_from, line.age_to, line.worst_asa, line.worst_bmi, line.sex)
    rows = [
        ("Service", service(request_), service_name(offer.service), _FITS[True]),
        ("Care", care(request_), care(offer), _FITS[care(request_) == care(offer)]),
        ("Operation", operation(line), _operations(offer), _FITS[True]),
    ]
    if _is_test(line):
        rows = rows[:1]
    judged = rules.fits(asked, _limits(offer))
    if _is_test(line):
        judged = [one for one in judged if (one.asked, one.limit) not in _SAYS_NOTHING]
    rows += [(one.name, one.asked, one.limit, _FITS[one.fits]) for one in judged]
    for need in filter(_is_said, request_.needs):
        if need == STANDARD_NOTICE:
            rows.append(_notice(row))
            continue
        given = need in offer.provides
        rows.append((label(need), "Needed", "Provided" if given else "Not stated", _FITS[given or None]))
    far = row.proposal.tenths
    within = request_.travel_miles
    limit = "Anywhere in England" if within is None else f"Up to {within} miles"
    rows.append(("Distance", distance(row.proposal), limit, _FITS[within is None or far <= within * 10]))
    return rows


def _is_said(need: str) -> bool:
    """Say whether a need is one that people state; rings, basis and stage are how matching goes about it."""
    return ":" not in need or token(need).topic is not TokenTopic.MATCHING


def _notice(row: MatchRow) -> tuple[str, str, str, Tag]:
    """Return the notice as it was on the day of the match: it is no token of the offer, for it shrinks."""
    made_on = row.proposal.run_date or london_date(row.proposal.made_at)
    enough = standard_notice(row.offer.notice, row.offer.window_to, made_on)
    return (label(STANDARD_NOTICE), "Needed", "Given" if enough else "Short notice", _FITS[enough])


def care(about: CareRequest | Offer) -> str:
    """Return the kind of care in words."""
    found = Care.of(about.stage, about.setting)
    return found.label if found else Setting(about.setting).label


def summary(row: MatchRow, today: date) -> list[tuple[str, object]]:
    """Return a match as questions and answers, leaving out what was not said."""
    proposal = row.proposal
    said: list[tuple[str, object]] = [
        ("State", status(proposal)),
        ("Waiting for", owner(row)),
        ("Due", due(proposal, today)),
        ("From", row.home_name),
        ("To", f"{row.site_name}, {row.receiver_name}"),
        ("Distance", distance(proposal)),
        ("People", group(row.line)),
        ("Places", f"{proposal.places} proposed, {proposal.held} held now"),
        ("Option", _option(proposal)),
        ("Made", _made(proposal)),
        ("The receiver asked", proposal.question),
        ("The home trust answered", proposal.question_answer),
        ("Receiver's answer", _answer(proposal)),
        ("Home trust's decision", _decision(proposal)),
    ]
    return [(question, answer) for question, answer in said if answer not in (None, "")]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing this person may do now: its words, where, and whether it is the main one."""

    text: str
    href: str
    main: bool = False


_STEPS = (
    ("accept", "Accept", "accept", policy.may_assess, True),
    ("ask", "Ask for information", "ask", policy.may_assess, False),
    ("decline", "Decline", "decline", policy.may_answer, False),
    ("answer", "Answer the question", "answer", policy.may_inform, True),
    ("choose", "Take these places", "choose", policy.may_decide, True),
    ("decline_capacity", "Do not take them", "decline-capacity", policy.may_decide, False),
)


# What a trust decides about places it asked for; a patient decides about their own.
_TRUSTS = ("choose", "decline_capacity")


def steps(proposal: Proposal, actor: Actor) -> list[Step]:
    """Return only the steps that are legal now for this person, the main one first."""
    allowed = transitions.allowed(rules.TRANSITIONS, ProposalStatus(proposal.status))
    here = path(proposal.reference)
    found = [
        Step(text, f"{here}/{page}", main)
        for verb, text, page, may, main in _STEPS
        if verb in allowed and may(actor, proposal) and not (proposal.transfer_request_id and verb in _TRUSTS)
    ]
    if proposal.status == ProposalStatus.CHOSEN and policy.may_name(actor, proposal):
        found.append(Step("Name people", f"{here}/people", True))
    return found


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A named person for those who may see them."""

    person: NamedPerson
    name: str
    facts: list[tuple[str, object]]
    waiting: bool


def person_card(person: NamedPerson) -> PersonCard:
    """Return a named person and what is known of them."""
    limit = "their own limit" if person.travel_asked else "not asked yet"
    if person.consent == Consent.YES and not person.travel_asked:
        limit = "and they said yes to this place"
    journey = miles(person.tenths) if person.tenths is not None else "Distance not known"
    facts: list[tuple[str, object]] = [
        ("Answer", _consent(person)),
        ("NHS number", f"{person.nhs_number[:3]} {person.nhs_number[3:6]} {person.nhs_number[6:]}"),
        ("Pathway", person.pathway_id),
        ("Date of birth", day(person.date_of_birth)),
        ("Clock start", f"{day(person.clock_start)}, {person.priority_code}"),
        ("Phone", person.phone),
        ("Journey", f"{journey}; up to {person.travel_miles} miles, {limit}"),
        ("Needs", person.communication_needs),
    ]
    waiting = person.consent == Consent.TO_ASK and person.released_at is None
    return PersonCard(
        person,
        f"{person.given_name} {person.family_name}",
        [(question, answer) for question, answer in facts if answer],
        waiting,
    )


def _consent(person: NamedPerson) -> Tag | str:
    if person.consent == Consent.TO_ASK:
        return Tag("Taken back", "grey") if person.released_at else Tag("To ask", "yellow")
    how = AskedHow(person.asked_how or "").label.lower()
    return f"{Consent(person.consent).label}, asked {how} by {person.asked_by} on {moment(person.asked_at)}"


def _operations(offer: Offer) -> str:
    named = ", ".join(procedure_group(code).name for code in offer.procedure_groups)
    return "Any in this service" if offer.any_procedure else named or "Not named"


def _limits(offer: Offer) -> rules.Limits:
    return rules.limits_of(
        service=offer.service,
        min_age=offer.min_age,
        max_age=offer.max_age,
        max_asa=offer.max_asa,
        max_bmi=offer.max_bmi,
        sex=offer.sex,
    )


def _option(proposal: Proposal) -> str:
    """Return which of a patient's options it is, and whether its place waits for them."""
    if proposal.transfer_request_id is None:
        return ""
    if proposal.option == 1:
        return "A patient's own request: the first of their options"
    return f"A patient's own request: option {proposal.option}, whose place is taken once it is shown"


def _made(proposal: Proposal) -> str:
    if proposal.run_date is not None:
        return f"In the night of {day(proposal.run_date)}"
    why = _reason(ReasonFor.BY_HAND, proposal.by_hand_reason)
    overtaken = f"{proposal.overtakes} ranked before it" if proposal.overtakes else "nobody"
    return f"By hand on {day(proposal.made_at)}: {why}. It overtook {overtaken}."


def _answer(proposal: Proposal) -> str | None:
    if proposal.answer_reason is None:
        return proposal.answer_note or None
    words = _reason(ReasonFor.DECLINE, proposal.answer_reason)
    return f"{words}. {proposal.answer_note}" if proposal.answer_note else words


def _decision(proposal: Proposal) -> str | None:
    return _reason(ReasonFor.TRUST_DECLINE, proposal.decision_reason) if proposal.decision_reason else None


def _reason(step: ReasonFor, code: str | None) -> str:
    try:
        return reason(step, code or "").label
    except InvalidInput:
        return (code or "").replace("_", " ").capitalize()
