"""What people type about a test that moves alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dmas.core.clock import LONDON
from dmas.transfers.commands import (
    AcknowledgeCritical,
    NameReader,
    ReadReport,
    RecordDone,
    SendReport,
    TellCritical,
)
from dmas.transfers.vocabulary import LONGEST_NAME, LONGEST_PHONE, ImagesSent
from dmas.web.forms import ChoiceField, DateField, DmasForm, TextField, TimeField, in_london


class ReaderForm(DmasForm):
    """The home trust says who reads the report, and who is told at once."""

    reader = TextField(
        "Which clinician reads the report?",
        called="The clinician",
        hint="Within 5 working days of its arrival.",
        max=LONGEST_NAME,
        required="Name the clinician who reads the report.",
    )
    critical_contact = TextField(
        "Who is told of a critical finding?",
        called="The contact",
        hint="A person or a desk that answers on the day of the test.",
        max=LONGEST_NAME,
        required="Name who is told of a critical finding.",
    )
    critical_phone = TextField(
        "On which telephone number?",
        called="The number",
        max=LONGEST_PHONE,
        width=20,
        inputmode="tel",
        required="Enter a telephone number.",
    )

    def command(self, reference: str) -> NameReader:
        """Return who reads and who is told."""
        return NameReader(
            reference=reference,
            version=self.version.data or 0,
            reader=self.reader.data or "",
            critical_contact=self.critical_contact.data or "",
            critical_phone=self.critical_phone.data or "",
        )


class DoneForm(DmasForm):
    """The receiver records the test."""

    done_on = DateField(
        "On which day was the test done?",
        called="The day of the test",
        required="Enter the day of the test.",
    )

    def command(self, reference: str) -> RecordDone:
        """Return the day of the test."""
        return RecordDone(reference=reference, version=self.version.data or 0, done_on=self.done_on.data)


class ReportForm(DmasForm):
    """Whoever reports says that the report and the images were sent."""

    images_route = ChoiceField(
        "How were the images sent?",
        called="How the images were sent",
        choices=ImagesSent,
        required="Choose how the images were sent.",
    )

    def command(self, reference: str) -> SendReport:
        """Return the word that the report was sent."""
        return SendReport(
            reference=reference,
            version=self.version.data or 0,
            images_route=str(self.images_route.data),
        )


class ReadForm(DmasForm):
    """The home trust says that a clinician has read the report."""

    read_by = TextField(
        "Which clinician has read it?",
        called="The clinician",
        max=LONGEST_NAME,
        required="Name the clinician who read it.",
    )

    def command(self, reference: str) -> ReadReport:
        """Return who read the report."""
        return ReadReport(
            reference=reference, version=self.version.data or 0, read_by=self.read_by.data or ""
        )


class CriticalForm(DmasForm):
    """Whoever reports says whom they told of a critical finding."""

    told = TextField(
        "Whom did you speak to?",
        called="Whom you spoke to",
        max=LONGEST_NAME,
        required="Name whom you spoke to.",
    )
    told_on = DateField("On which day?", called="The day", required="Enter the day of the call.")
    told_clock = TimeField("At what time?", called="The time", required="Enter the time of the call.")

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        local = now.astimezone(LONDON)
        super().__init__(*args, **({"told_on": local.date(), "told_clock": local.time()} | kwargs))

    def command(self, reference: str, now: datetime) -> TellCritical:
        """Return whom they told, and when."""
        return TellCritical(
            reference=reference,
            version=self.version.data or 0,
            told=self.told.data or "",
            told_at=in_london(self.told_on.data, self.told_clock.data) or now,
        )


class AcknowledgeForm(DmasForm):
    """The home trust confirms that a critical finding has arrived."""

    acknowledged_by = TextField(
        "Who acts on the finding?",
        called="Who acts on it",
        max=LONGEST_NAME,
        required="Name who acts on the finding.",
    )

    def command(self, reference: str) -> AcknowledgeCritical:
        """Return who acts on the finding."""
        return AcknowledgeCritical(
            reference=reference,
            version=self.version.data or 0,
            acknowledged_by=self.acknowledged_by.data or "",
        )
