"""The commands `dmas admin invite | reset-link | disable`: accounts from the installation's own terminal."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterator
from contextlib import contextmanager

from dmas.accounts import queries, services
from dmas.accounts.commands import Disable, Invite
from dmas.accounts.rules import sign_ins
from dmas.core import clock
from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.core.embedded import database_server
from dmas.core.errors import InvalidInput
from dmas.settings import Settings

TERMINAL = Actor.system("administrator")


def add_commands(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add `admin` to the `dmas` command."""
    admin = subparsers.add_parser("admin", help="invite people, give them a new link, disable an account")
    actions = admin.add_subparsers(dest="action", metavar="ACTION", required=True)
    asked = actions.add_parser("invite", help="give somebody a role, and print a link to set their password")
    asked.add_argument("email")
    asked.add_argument("--organisation", required=True, metavar="CODE", help="the organisation's ODS code")
    asked.add_argument("--role", required=True, choices=[role.value for role in Role])
    asked.add_argument("--name", help="as people call them; taken from the email address unless given")
    asked.set_defaults(handler=invite)
    reset = actions.add_parser("reset-link", help="print a link to set a new password; older links stop")
    reset.add_argument("email")
    reset.set_defaults(handler=reset_link)
    stop = actions.add_parser("disable", help="stop somebody from signing in, and sign them out everywhere")
    stop.add_argument("email")
    stop.set_defaults(handler=disable)


def invite(arguments: Namespace) -> int:
    """Give somebody a role and print the link, where they need one."""
    email = services.clean_email(arguments.email)
    local, at, domain = email.partition("@")
    if not (local and at and "." in domain) or " " in email:
        raise InvalidInput("Give an email address in the correct format, like name@example.com.")
    command = Invite(
        email=email,
        name=arguments.name or local.replace(".", " ").replace("_", " ").title(),
        organisation_code=arguments.organisation.upper(),
        role=Role(arguments.role),
    )
    base_url = _base_url()
    with _database() as database, database.unit_of_work(TERMINAL) as session:
        invitation = services.invite(session, command, actor=TERMINAL, now=clock.now())
    if invitation.secret is None:
        print("They have an account already, and have this role when they next sign in.")
    else:
        _print_link(base_url, invitation.secret)
    return 0


def reset_link(arguments: Namespace) -> int:
    """Print a new link for somebody."""
    base_url = _base_url()
    with _database() as database, database.unit_of_work(TERMINAL) as session:
        staff = queries.staff_by_email(session, services.clean_email(arguments.email))
        _, secret = services.make_link_for(session, staff.id, actor=TERMINAL, now=clock.now())
    _print_link(base_url, secret)
    return 0


def disable(arguments: Namespace) -> int:
    """Disable somebody's account."""
    with _database() as database, database.unit_of_work(TERMINAL) as session:
        staff = queries.staff_by_email(session, services.clean_email(arguments.email))
        command = Disable(staff_id=staff.id, version=staff.version, even_if_last=True)
        services.disable(session, command, actor=TERMINAL, now=clock.now())
    print("The account is disabled and signed out everywhere.")
    return 0


@contextmanager
def _database() -> Iterator[Database]:
    with database_server(os.environ) as url:
        database = Database(url)
        try:
            yield database
        finally:
            database.dispose()


def _base_url() -> str:
    """Return where the pages are; asked first, so that no link is made that cannot be printed."""
    return Settings.from_environ(os.environ).base_url


def _print_link(base_url: str, secret: str) -> None:
    print("This link sets their password. It works once, for 24 hours. Give it to nobody else.")
    print(sign_ins.link_address(base_url, secret))
