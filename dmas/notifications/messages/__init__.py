"""Every message as data. Staff and patients each have their own templates: a name may stand in both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dmas.notifications.messages import patients, staff, wording
from dmas.notifications.messages.wording import Template, Words
from dmas.notifications.vocabulary import RecipientKind

__all__ = ["Template", "Words", "check_values", "find", "patients", "staff"]


def find(kind: RecipientKind, template: str) -> Template | None:
    """Return a template for a kind of recipient, or None where this version does not know it."""
    known = patients.TEMPLATES if kind is RecipientKind.PATIENT else staff.TEMPLATES
    return known.get(template)


def check_values(kind: RecipientKind, template: str, values: Mapping[str, Any]) -> None:
    """Raise LookupError for an unknown template, ValueError where the values are not exactly its own."""
    known = find(kind, template)
    if known is None:
        raise LookupError(f"there is no message {template} to a {kind.label.lower()}")
    wording.check(known, values)
