"""What somebody who compares is asked: their postcode and the service."""

from __future__ import annotations

from wtforms.validators import ValidationError

from dmas.published.rules import outcode_typed, services
from dmas.web.forms import DmasForm, SelectField, TextField

NOT_A_POSTCODE = "Enter a postcode in the correct format, like B15 2GW, or its first half, like B15."
NOT_KNOWN_HERE = (
    "We do not know where this postcode is. Check it, or enter the first half of one nearby, like B15."
)


class CompareForm(DmasForm):
    """Where to look from, and for what. Only the first half of the postcode is kept."""

    postcode = TextField(
        "Your postcode",
        hint="Like B15 2GW. Only the first half is kept, until you close your browser.",
        required="Enter your postcode, or its first half.",
        called="Your postcode",
        max=12,
        width=10,
        autocomplete="postal-code",
    )
    service = SelectField(
        "What do you need?",
        choices=services(),
        required="Choose a specialty or a test.",
        prompt="Choose a specialty or a test",
    )

    def validate_postcode(self, field: TextField) -> None:
        """Refuse what is neither a postcode nor the first half of one."""
        if outcode_typed(field.data) is None:
            raise ValidationError(NOT_A_POSTCODE)
