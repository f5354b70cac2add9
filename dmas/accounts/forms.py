"""What people fill in about accounts."""

from __future__ import annotations

import uuid

from dmas.accounts.commands import ChangeRole, Disable, Enable, EndMembership, Invite
from dmas.accounts.rules import passwords
from dmas.core.actors import Role
from dmas.web.forms import ChoiceField, ConfirmField, DmasForm, EmailField, PasswordField, TextField

HOW_LONG = (
    f"{passwords.SHORTEST} characters or more. Three or four words that do not belong together are easy to"
    " remember and hard to guess. You can paste it from a password manager."
)
LAST_OF_ALL = "I understand that then nobody here can look after accounts"


class SignInForm(DmasForm):
    """Email address and password."""

    email = EmailField("Email address", required="Enter your email address", autocomplete="username")
    password = PasswordField("Password", required="Enter your password")


class NewPasswordForm(DmasForm):
    """A new password, for who came by a link."""

    password = PasswordField(
        "New password", hint=HOW_LONG, required="Enter a new password", autocomplete="new-password"
    )


class ChangePasswordForm(DmasForm):
    """The present password and a new one."""

    current = PasswordField("Password you have now", required="Enter the password you have now")
    password = PasswordField(
        "New password", hint=HOW_LONG, required="Enter a new password", autocomplete="new-password"
    )


class SwitchForm(DmasForm):
    """One of one's own memberships."""

    membership = ChoiceField("Who are you working as?", required="Choose who you are working as")


class ActForm(DmasForm):
    """A button that acts on its own."""

    def enable(self, staff_id: uuid.UUID) -> Enable:
        """Return the command that enables an account."""
        return Enable(staff_id=staff_id, version=self.version.data or 0)


class InviteForm(DmasForm):
    """Who is invited, and as what. Only who looks after every organisation is asked for its code."""

    email = EmailField("Work email address", required="Enter their work email address", autocomplete="off")
    name = TextField("Full name", required="Enter their full name", max=100, autocomplete="off")
    organisation = TextField(
        "Organisation code",
        hint="The ODS code, such as RXK",
        required="Enter the organisation's code",
        max=8,
        width=10,
    )
    role = ChoiceField("Role", required="Choose a role")

    def command(self, organisation_code: str | None) -> Invite:
        """Return the command, for the organisation given or else the one typed."""
        return Invite(
            email=self.email.data,
            name=self.name.data,
            organisation_code=organisation_code or self.organisation.data.upper(),
            role=Role(str(self.role.data)),
        )


class RoleForm(DmasForm):
    """Another role at the same organisation."""

    role = ChoiceField("New role", required="Choose a role")
    even_if_last = ConfirmField(LAST_OF_ALL)

    def command(self, staff_id: uuid.UUID, membership_id: uuid.UUID) -> ChangeRole:
        """Return the command that changes a role."""
        return ChangeRole(
            staff_id=staff_id,
            membership_id=membership_id,
            role=Role(str(self.role.data)),
            version=self.version.data or 0,
            even_if_last=self.even_if_last.data,
        )


class StopForm(DmasForm):
    """Yes, take the role away or disable the account."""

    even_if_last = ConfirmField(LAST_OF_ALL)

    def end_membership(self, staff_id: uuid.UUID, membership_id: uuid.UUID) -> EndMembership:
        """Return the command that takes a role away."""
        return EndMembership(
            staff_id=staff_id,
            membership_id=membership_id,
            version=self.version.data or 0,
            even_if_last=self.even_if_last.data,
        )

    def disable(self, staff_id: uuid.UUID) -> Disable:
        """Return the command that disables an account."""
        return Disable(staff_id=staff_id, version=self.version.data or 0, even_if_last=self.even_if_last.data)
