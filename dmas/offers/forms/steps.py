"""The steps that end or pause an offer, as forms."""

from __future__ import annotations

from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.offers.commands import CloseOffer, ConfirmOffer, ResumeOffer, SuspendOffer, WithdrawOffer
from dmas.offers.vocabulary import LONGEST_NOTE
from dmas.web.forms import ChoiceField, DmasForm, LongTextField


class StepForm(DmasForm):
    """A step that asks nothing: only the version that was looked at."""

    def close(self, reference: str) -> CloseOffer:
        """Return the wish to close the offer."""
        return CloseOffer(reference=reference, version=self.version.data or 0)

    def resume(self, reference: str) -> ResumeOffer:
        """Return the wish to resume the offer."""
        return ResumeOffer(reference=reference, version=self.version.data or 0)

    def confirm(self, reference: str) -> ConfirmOffer:
        """Return the word that the offer is still true."""
        return ConfirmOffer(reference=reference, version=self.version.data or 0)


class ReasonForm(DmasForm):
    """A step with a coded reason, and a note where it is another one."""

    reason = ChoiceField("Why?", called="Reason", required="Choose the reason.")
    note = LongTextField(
        "More about the reason (optional)",
        called="The note",
        hint="The other side can read this. Never anything about a patient.",
        max=LONGEST_NOTE,
        rows=3,
    )


def _choices(step: ReasonFor) -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in reasons(step)]


class WithdrawForm(ReasonForm):
    """Take an offer back."""

    reason = ChoiceField(
        "Why do you withdraw it?",
        called="Reason",
        choices=_choices(ReasonFor.WITHDRAW_OFFER),
        required="Choose the reason.",
    )

    def command(self, reference: str) -> WithdrawOffer:
        """Return the wish to withdraw the offer."""
        return WithdrawOffer(
            reference=reference,
            version=self.version.data or 0,
            reason=str(self.reason.data),
            note=self.note.data or "",
        )


class SuspendForm(ReasonForm):
    """Pause an offer."""

    reason = ChoiceField(
        "Why do you pause it?",
        called="Reason",
        choices=[choice for choice in _choices(ReasonFor.SUSPEND_OFFER) if choice[0] != "lapses"],
        required="Choose the reason.",
    )

    def command(self, reference: str) -> SuspendOffer:
        """Return the wish to suspend the offer."""
        return SuspendOffer(
            reference=reference,
            version=self.version.data or 0,
            reason=str(self.reason.data),
            note=self.note.data or "",
        )
