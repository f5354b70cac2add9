"""Named errors. Each message says what to do; the edge decides how it is shown."""

from __future__ import annotations


class DmasError(Exception):
    """Anything dmas refuses on purpose. The message is safe to show to the person who asked."""


class NotFound(DmasError):
    """There is no such thing, or it belongs to somebody else: the two are never told apart."""


class NotAllowed(DmasError):
    """The person is known but their role may not do this."""


class InvalidInput(DmasError):
    """What was sent cannot be used; `field` names the form field or column where there is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Conflict(DmasError):
    """The world moved on: what was asked for is no longer possible."""


class StaleEdit(Conflict):
    """Somebody changed the record after the person opened it."""


class NoLongerAvailable(Conflict):
    """The guarded statement changed no row: the places have gone, or the offer is not open."""


class IllegalTransition(Conflict):
    """The lifecycle has no such step from where the record is now."""


class AlreadyDone(DmasError):
    """This form was sent before; `outcome` is where the first sending led, `notice` what it said there."""

    def __init__(self, outcome: str, notice: str = "") -> None:
        super().__init__("This was already sent. Nothing was done twice.")
        self.outcome, self.notice = outcome, notice


class Misconfigured(DmasError):
    """The program cannot start as it is set up; the message names the setting, never its value."""
