"""The proposal, which holds places, and the people named for them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dmas.core.db import Audited, Base, explain_constraint

_LIVE_STATES = (
    "'proposed','asked','needs_information','receiver_accepted','accepted_subject','offered','chosen'"
)
_LIVE = f"status IN ({_LIVE_STATES})"
# Both sides, their ICBs and regions: who may read a proposal's history.
PARTIES = (
    "home_code",
    "home_icb",
    "home_region",
    "receiver_code",
    "receiver_icb",
    "receiver_region",
)


class Proposal(Audited, Base):
    """So many places of one offer for one line of a request, held until the people have answered.

    Both sides' codes are written on the row, with composite keys to the offer and the request, so that the
    database itself refuses a provider matched with itself and row-level security needs no join.
    `places` were proposed; `held` are still held. A named person's yes turns one held place into a taken one.
    For a patient's own request the first option holds its place; further ones (`option` 2 to 5) are asked of
    the receiver and hold one only once they are shown. `transfer_request_id` says whose options they are.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        ForeignKeyConstraint(["offer_id", "receiver_code"], ["offer.id", "offer.provider_code"]),
        ForeignKeyConstraint(["request_id", "home_code"], ["care_request.id", "care_request.provider_code"]),
        CheckConstraint("home_code <> receiver_code", name="other_provider"),
        CheckConstraint("places >= 1 AND held BETWEEN 0 AND places", name="held_within_places"),
        CheckConstraint(f"held = 0 OR {_LIVE}", name="only_live_holds"),
        CheckConstraint(
            f"status IN ({_LIVE_STATES},"
            "'settled','receiver_declined','declined','lapsed','superseded','withdrawn','gone')",
            name="status",
        ),
        CheckConstraint("option BETWEEN 1 AND 5", name="option"),
        CheckConstraint("NOT by_hand OR run_date IS NULL", name="by_hand_or_by_night"),
        Index("uq_proposal_live_pair", "line_id", "offer_id", unique=True, postgresql_where=text(_LIVE)),
        Index("ix_proposal_offer_id", "offer_id"),
        Index("ix_proposal_request_id", "request_id"),
        Index("ix_proposal_line_id", "line_id"),
        Index("ix_proposal_transfer_request_id", "transfer_request_id"),
        Index("ix_proposal_receiver_code_status", "receiver_code", "status"),
        Index("ix_proposal_home_code_status", "home_code", "status"),
        Index("ix_proposal_due_live", "due_on", postgresql_where=text(_LIVE)),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    pathway: Mapped[str]
    status: Mapped[str]
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id"))
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("care_request.id"))
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("request_line.id"))
    transfer_request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("transfer_request.id"))
    home_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    home_icb: Mapped[str]
    home_region: Mapped[str]
    receiver_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    receiver_icb: Mapped[str | None]
    receiver_region: Mapped[str]

    places: Mapped[int]
    held: Mapped[int]
    tenths: Mapped[int]
    distance_approximate: Mapped[bool] = mapped_column(default=False)
    tier: Mapped[int]
    waiting_since: Mapped[date]
    cut_off_tier: Mapped[int | None]
    cut_off_since: Mapped[date | None]

    run_date: Mapped[date | None]
    by_hand: Mapped[bool] = mapped_column(default=False)
    by_hand_by: Mapped[str | None]
    by_hand_reason: Mapped[str | None]
    overtakes: Mapped[int] = mapped_column(default=0)

    option: Mapped[int] = mapped_column(default=1)
    shown_at: Mapped[datetime | None]

    made_at: Mapped[datetime]
    due_on: Mapped[date | None]  # when the side whose turn it is must have acted
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer_reason: Mapped[str | None]
    answer_note: Mapped[str] = mapped_column(default="")
    question: Mapped[str] = mapped_column(default="")
    question_answer: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    people: Mapped[list[NamedPerson]] = relationship(
        back_populates="proposal", order_by="NamedPerson.named_at"
    )

    def audit_parties(self) -> list[str]:
        """Both sides, their ICBs and regions may read the history."""
        return [getattr(self, name) or "" for name in PARTIES]


class NamedPerson(Audited, Base):
    """A person the home trust names for a held place, and their own answer.

    The receiver sees the row only after a yes. `clock_start` is the home trust's and never changes here.
    """

    __tablename__ = "named_person"
    __table_args__ = (
        CheckConstraint("consent IN ('to_ask','yes','no')", name="consent"),
        CheckConstraint(
            "(consent = 'to_ask') = (asked_at IS NULL AND asked_how IS NULL AND asked_by IS NULL)",
            name="asked",
        ),
        CheckConstraint("nhs_number ~ '^[0-9]{10}$'", name="nhs_number"),
        CheckConstraint("home_code <> receiver_code", name="other_provider"),
        Index(
            "uq_named_person_pathway_once",
            "home_code",
            "pathway_id",
            unique=True,
            postgresql_where=text("consent = 'to_ask' AND released_at IS NULL"),
        ),
        Index("ix_named_person_proposal_id", "proposal_id"),
    )

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id"))
    home_code: Mapped[str]
    receiver_code: Mapped[str]
    pathway_id: Mapped[str]
    nhs_number: Mapped[str]
    given_name: Mapped[str]
    family_name: Mapped[str]
    date_of_birth: Mapped[date]
    sex: Mapped[str]
    postcode: Mapped[str]
    phone: Mapped[str]
    clock_start: Mapped[date]
    priority_code: Mapped[str]
    asa: Mapped[int | None]
    bmi: Mapped[float | None]
    tenths: Mapped[int | None]
    travel_miles: Mapped[int]
    travel_asked: Mapped[bool] = mapped_column(default=False)
    communication_needs: Mapped[str] = mapped_column(default="")

    named_by: Mapped[str]
    named_at: Mapped[datetime]
    consent: Mapped[str]
    asked_by: Mapped[str | None]
    asked_how: Mapped[str | None]
    asked_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]

    proposal: Mapped[Proposal] = relationship(back_populates="people")

    def audit_parties(self) -> list[str]:
        """The home trust may read the history; the receiver too, once the person has said yes."""
        return [self.home_code, self.receiver_code] if self.consent == "yes" else [self.home_code]


explain_constraint("uq_proposal_live_pair", "These places are already proposed for this line of the request.")
explain_constraint(
    "uq_named_person_pathway_once", "This pathway is already named for a place and not yet asked."
)
