"""The one button of the outbox."""

from __future__ import annotations

from dmas.web.forms import DmasForm


class ResendForm(DmasForm):
    """Send a message again; there is nothing to fill in."""
