"""The links of the header and the footer: one declared list, shown by role."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from dmas.core.actors import Role


@dataclass(frozen=True, slots=True)
class Link:
    """One place to go: for these roles, or for everybody signed in where none is named."""

    label: str
    path: str
    roles: frozenset[Role] = field(default_factory=frozenset)


def _for(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


MANAGERS = _for(Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER)
TRUST = _for(Role.CAPACITY_MANAGER, Role.BOOKING_CLERK)
HOME_TRUST = _for(Role.CAPACITY_MANAGER, Role.CLINICAL_REVIEWER)
OVERSIGHT = _for(
    Role.ICB_COORDINATOR,
    Role.REGIONAL_COORDINATOR,
    Role.NATIONAL_ADMINISTRATOR,
    Role.SAFETY_OFFICER,
    Role.AUDITOR,
)
# Who reads the lists of an area or of the nation; the auditor reads histories, one case at a time.
LISTS = OVERSIGHT - _for(Role.AUDITOR)
# Who looks after accounts: the managing role of each kind of organisation.
ACCOUNTS = MANAGERS | _for(Role.ICB_COORDINATOR, Role.REGIONAL_COORDINATOR, Role.NATIONAL_ADMINISTRATOR)

HEADER = (
    Link("Home", "/home"),
    Link("Offers", "/offers", MANAGERS | LISTS),
    Link("Requests", "/requests", HOME_TRUST | TRUST | LISTS),
    Link("Find capacity", "/find-capacity", MANAGERS | LISTS),
    Link("Diagnostics", "/diagnostics", MANAGERS | HOME_TRUST | TRUST | LISTS),
    Link("Waiting list", "/waiting-list", TRUST | MANAGERS),
    Link("Letters", "/letters", TRUST),
    Link("Reviews", "/reviews", _for(Role.CLINICAL_REVIEWER)),
    Link("Patients’ requests", "/transfer-requests", HOME_TRUST | TRUST | LISTS),
    Link("Calls", "/calls", _for(Role.BOOKING_CLERK, Role.HELPLINE_AGENT)),
    Link("Matches", "/matches", MANAGERS | TRUST | HOME_TRUST | LISTS),
    Link("Transfers", "/transfers", MANAGERS | TRUST | HOME_TRUST | LISTS),
    Link("Approvals", "/approvals", _for(Role.ICB_COORDINATOR, Role.REGIONAL_COORDINATOR)),
    Link("Choice", "/choice-requests", _for(Role.ICB_COORDINATOR, Role.REGIONAL_COORDINATOR)),
    Link("Area", "/area", _for(Role.ICB_COORDINATOR, Role.REGIONAL_COORDINATOR)),
    Link("Help a patient", "/on-behalf", _for(Role.HELPLINE_AGENT)),
    Link("Match runs", "/runs", OVERSIGHT),
    Link("People", "/staff", ACCOUNTS),
    Link("Reports", "/reports", OVERSIGHT | MANAGERS),
    Link("Rules", "/admin/rules", _for(Role.NATIONAL_ADMINISTRATOR, Role.SAFETY_OFFICER)),
    Link("Outbox", "/admin/outbox", _for(Role.NATIONAL_ADMINISTRATOR)),
    Link("Admin", "/admin", _for(Role.NATIONAL_ADMINISTRATOR)),
)

# A patient has one request and one way to it: it leads to wherever it stands.
PATIENT_HEADER = (Link("My request", "/transfer/request"),)

PUBLIC_HEADER = (
    Link("How matching works", "/how-matching-works"),
    Link("Compare waits", "/compare"),
    Link("Sign in", "/sign-in"),
)

FOOTER = (
    Link("Accessibility", "/accessibility"),
    Link("Privacy", "/privacy"),
    Link("Cookies", "/cookies"),
    Link("How to know a real message", "/real-messages"),
    Link("How matching works", "/how-matching-works"),
    Link("Compare waits", "/compare"),
    Link("Who can do what", "/who-can-do-what"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One link on this page; `current` where it leads to the part of the site we are in."""

    label: str
    path: str
    current: bool


def header() -> list[Shown]:
    """Return the header's links for whoever is here."""
    if current_user.actor.is_patient:
        return [_shown(link) for link in PATIENT_HEADER if exists(link.path)]
    links = HEADER if current_user.is_authenticated else PUBLIC_HEADER
    role = current_user.actor.role
    return [_shown(link) for link in links if (not link.roles or role in link.roles) and exists(link.path)]


def footer() -> list[Shown]:
    """Return the footer's links, the same for everybody."""
    return [_shown(link) for link in FOOTER if exists(link.path)]


def exists(path: str) -> bool:
    """Say whether the app has a page at a path; each answer is kept with the app."""
    known: dict[str, bool] = current_app.extensions.setdefault("dmas_paths", {})
    if path not in known:
        known[path] = _matches(path)
    return known[path]


def _matches(path: str) -> bool:
    try:
        current_app.url_map.bind("localhost").match(path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def _shown(link: Link) -> Shown:
    here = request.path
    return Shown(link.label, link.path, here == link.path or here.startswith(link.path + "/"))
