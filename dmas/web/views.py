"""The pages that belong to no room: what this is, the statements, how matching works, who can do what."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from dmas.core.db import PROJECT
from dmas.web import access, authorisation, pages

blueprint = Blueprint("web", __name__)

AUTHORISATION = PROJECT / "docs" / "authorisation.csv"


@blueprint.get("/")
@access.public
def first() -> ResponseReturnValue:
    """Show what this is, for patients and for staff, with the national figures of today."""
    return render_template("web/first.html", figures=pages.provided("national_figures"), public_page=True)


@blueprint.get("/accessibility")
@access.public
def accessibility() -> ResponseReturnValue:
    """Show the accessibility statement."""
    return render_template("web/accessibility.html", public_page=True)


@blueprint.get("/privacy")
@access.public
def privacy() -> ResponseReturnValue:
    """Show the privacy statement."""
    return render_template("web/privacy.html", public_page=True)


@blueprint.get("/cookies")
@access.public
def cookies() -> ResponseReturnValue:
    """Show which cookie there is and why."""
    name = current_app.config["SESSION_COOKIE_NAME"]
    return render_template("web/cookies.html", cookie_name=name, public_page=True)


@blueprint.get("/real-messages")
@access.public
def real_messages() -> ResponseReturnValue:
    """Show how to tell a genuine message from a false one."""
    return render_template("web/real_messages.html", public_page=True)


@blueprint.get("/how-matching-works")
@access.public
def how_matching_works() -> ResponseReturnValue:
    """Show the order of goals in plain English, with an example."""
    certificate = pages.provided("last_certificate")
    return render_template("web/how_matching_works.html", certificate=certificate, public_page=True)


@blueprint.get("/who-can-do-what")
@access.public
def who_can_do_what() -> ResponseReturnValue:
    """Show every page and who may open it: the published table, else the rules in force."""
    shipped = AUTHORISATION.is_file()
    return render_template(
        "web/who_can_do_what.html",
        head=authorisation.HEAD,
        sections=authorisation.read(AUTHORISATION) if shipped else [],
        rules=[] if shipped else rules_in_force(),
        public_page=True,
    )


def rules_in_force() -> list[list[str]]:
    """Return each page's address and its declared rule, by address."""
    found = {
        (rule.rule, str(access.rule_of(current_app, rule.endpoint)))
        for rule in current_app.url_map.iter_rules()
        if rule.endpoint not in access.PUBLIC_STATIC
    }
    return [list(row) for row in sorted(found)]
