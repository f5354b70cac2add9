"""Uploads, people who wait and their pathways, invitations, and what patients ask for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_waiting_list"
down_revision = "0003_outbox"
branch_labels = None
depends_on = None

APP, NIGHT = "dmas_app", "dmas_night"

AUDITED = (
    "upload", "extract", "dated_rule", "invitation", "choice_request", "transfer_request", "transfer_review",
    "patient_wording",
)  # fmt: skip
WITH_STATUS = ("upload", "choice_request", "transfer_request")

SYSTEM, NATION = "dmas_is_system()", "dmas_reach() = 'nation'"
OWN_PROVIDER = f"{SYSTEM} OR provider_code = dmas_provider()"
OWN_UPLOAD = f"{SYSTEM} OR organisation_code = dmas_provider()"
HOME = f"{SYSTEM} OR home_code = dmas_provider()"
OWN_POST = f"{SYSTEM} OR organisation_code = dmas_organisation()"
OWN_WAIT = "patient_id::text = dmas_patient()"
ON_THE_LIST_HERE = (
    "EXISTS (SELECT 1 FROM pathway p WHERE p.patient_id = patient.id AND p.provider_code = dmas_provider())"
)
ITS_UPLOAD = f"{SYSTEM} OR EXISTS (SELECT 1 FROM upload u WHERE u.id = upload_progress.upload_id)"
OF_ICB = "(dmas_reach() IN ('icb', 'region') AND dmas_organisation() IN ({icb}, {region}))"
REQUEST_SEEN = f"dmas_sees(home_code, home_icb, home_region) OR dmas_sees(NULL, patient_icb, patient_region) OR {OWN_WAIT}"

# table: (who may read a row, who may add one, who may change one)
# Who people are is for their home trust and themselves: no ICB, region or national team.
POLICIES: dict[str, tuple[str, str, str]] = {
    "upload": (OWN_UPLOAD, OWN_UPLOAD, OWN_UPLOAD),
    "upload_progress": (ITS_UPLOAD, ITS_UPLOAD, ITS_UPLOAD),
    "patient": (
        f"{SYSTEM} OR id::text = dmas_patient() OR {ON_THE_LIST_HERE}",
        f"{SYSTEM} OR dmas_provider() <> ''",
        f"{SYSTEM} OR {ON_THE_LIST_HERE}",
    ),
    "pathway": (f"{OWN_PROVIDER} OR {OWN_WAIT}", OWN_PROVIDER, OWN_PROVIDER),
    "clock_change": (OWN_PROVIDER, OWN_PROVIDER, SYSTEM),
    "extract": (f"{NATION} OR provider_code = dmas_provider()", OWN_PROVIDER, OWN_PROVIDER),
    "dated_rule": ("true", NATION, NATION),
    "invitation": (f"{OWN_PROVIDER} OR {OWN_WAIT}", OWN_PROVIDER, OWN_PROVIDER),
    "patient_visit": (SYSTEM, SYSTEM, SYSTEM),
    "choice_request": (
        f"dmas_sees(provider_code, icb_code, region_code) OR {OWN_WAIT}",
        f"{SYSTEM} OR {OWN_WAIT}",
        f"{SYSTEM} OR {OF_ICB.format(icb='icb_code', region='region_code')}",
    ),
    "transfer_request": (
        REQUEST_SEEN,
        f"{HOME} OR {OWN_WAIT}",
        f"{HOME} OR {OWN_WAIT} OR {OF_ICB.format(icb='patient_icb', region='patient_region')}",
    ),
    "transfer_answers": (f"{HOME} OR {OWN_WAIT}",) * 3,
    "contact_task": (OWN_POST,) * 3,
    "patient_wording": ("true", OWN_POST, OWN_POST),
    "transfer_review": (f"{HOME} OR {OWN_WAIT}", HOME, HOME),
}

# What stands for a patient's own request elsewhere, which they may read.
READ_BY_PATIENT = {
    "care_request": "care_request.id",
    "request_line": "request_line.request_id",
    "proposal": "proposal.request_id",
    "transfer": "transfer.request_id",
}

FUNCTIONS = """
-- The patient who acts for themselves, or nothing.
CREATE FUNCTION dmas_patient() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT CASE dmas_reach() WHEN 'patient' THEN split_part(dmas_actor(), ':', 2) ELSE '' END $$;
"""

LIVE_BEFORE = "status IN ('proposed','needs_information','receiver_accepted','accepted_subject','chosen')"
LIVE_NOW = "status IN ('proposed','asked','needs_information','receiver_accepted','accepted_subject','offered','chosen')"
ENDED = "'settled','receiver_declined','declined','lapsed','superseded','withdrawn','gone'"


def _raise_walls() -> None:
    for table, (read, add, change) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY read ON {table} FOR SELECT TO {APP} USING ({read})")
        op.execute(f"CREATE POLICY add ON {table} FOR INSERT TO {APP} WITH CHECK ({add})")
        op.execute(
            f"CREATE POLICY change ON {table} FOR UPDATE TO {APP} USING ({change}) WITH CHECK ({change})"
        )
        op.execute(f"CREATE POLICY night ON {table} TO {NIGHT} USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {APP}, {NIGHT}")
    for table, request in READ_BY_PATIENT.items():
        op.execute(
            f"CREATE POLICY patient ON {table} FOR SELECT TO {APP} USING (dmas_patient() <> '' AND EXISTS"
            f" (SELECT 1 FROM transfer_request t WHERE t.care_request_id = {request}"
            " AND t.patient_id::text = dmas_patient()))"
        )
    # Whoever writes an event must be able to read it back: a patient, what they did themselves.
    op.execute(
        f"CREATE POLICY patient ON audit_event FOR SELECT TO {APP}"
        " USING (dmas_patient() <> '' AND actor_id = dmas_actor())"
    )
    for table in AUDITED:
        op.execute(
            f"CREATE TRIGGER version_rises BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION dmas_version_rises()"
        )
        op.execute(
            f"CREATE CONSTRAINT TRIGGER addition_has_event AFTER INSERT ON {table}"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dmas_change_has_event()"
        )
        op.execute(
            f"CREATE CONSTRAINT TRIGGER change_has_event AFTER UPDATE OF version ON {table}"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
            " WHEN (OLD.version IS DISTINCT FROM NEW.version) EXECUTE FUNCTION dmas_change_has_event()"
        )
    for table in WITH_STATUS:
        op.execute(
            f"CREATE TRIGGER status_raises_version BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION dmas_status_raises_version()"
        )


def _let_proposals(live: str) -> None:
    """Say anew which states a proposal may have and in which of them it may hold places."""
    op.drop_constraint(op.f("ck_proposal_status"), "proposal")
    op.drop_constraint(op.f("ck_proposal_only_live_holds"), "proposal")
    op.drop_index("uq_proposal_live_pair", table_name="proposal")
    op.drop_index("ix_proposal_due_live", table_name="proposal")
    op.create_check_constraint(op.f("ck_proposal_status"), "proposal", f"{live[:-1]},{ENDED})")
    op.create_check_constraint(op.f("ck_proposal_only_live_holds"), "proposal", f"held = 0 OR {live}")
    op.create_index(
        "uq_proposal_live_pair",
        "proposal",
        ["line_id", "offer_id"],
        unique=True,
        postgresql_where=sa.text(live),
    )
    op.create_index("ix_proposal_due_live", "proposal", ["due_on"], postgresql_where=sa.text(live))


def upgrade() -> None:
    """Apply, and raise the walls round the new tables."""
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "dated_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dated_rule")),
        sa.UniqueConstraint("name", "effective_on", name=op.f("uq_dated_rule_name_effective_on")),
    )
    op.create_table(
        "patient",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("nhs_number", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("contact_preference", sa.Text(), nullable=True),
        sa.Column("interpreter_language", sa.Text(), nullable=True),
        sa.Column("communication_needs", sa.Text(), nullable=False),
        sa.Column("safe_contact", sa.Text(), nullable=False),
        sa.Column("practice_code", sa.Text(), nullable=True),
        sa.Column("icb_code", sa.Text(), nullable=True),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.CheckConstraint("nhs_number ~ '^[0-9]{10}$'", name=op.f("ck_patient_nhs_number")),
        sa.CheckConstraint(
            "safe_contact IN ('any','no_letter','no_sms','ask_first')", name=op.f("ck_patient_safe_contact")
        ),
        sa.ForeignKeyConstraint(["icb_code"], ["organisation.code"], name=op.f("fk_patient_icb_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("nhs_number", name=op.f("uq_patient_nhs_number")),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("week_ending", sa.Date(), nullable=True),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("must_confirm", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('received','checked') OR file IS NULL", name=op.f("ck_upload_file_let_go")
        ),
        sa.CheckConstraint(
            "status IN ('received','checked','applied','refused','abandoned')", name=op.f("ck_upload_status")
        ),
        sa.CheckConstraint("rows >= 0", name=op.f("ck_upload_rows")),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_upload_organisation_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("reference", name=op.f("uq_upload_reference")),
    )
    op.create_index(
        "ix_upload_organisation_code_kind",
        "upload",
        ["organisation_code", "kind", "received_at"],
        unique=False,
    )
    op.create_table(
        "extract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provider_code", sa.Text(), nullable=False),
        sa.Column("week_ending", sa.Date(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("shrinkage_confirmed", sa.Boolean(), nullable=False),
        sa.Column("still_true_on", sa.Date(), nullable=True),
        sa.Column("applied_by", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rows >= 0", name=op.f("ck_extract_rows")),
        sa.ForeignKeyConstraint(
            ["provider_code"], ["organisation.code"], name=op.f("fk_extract_provider_code")
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_extract_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extract")),
        sa.UniqueConstraint(
            "provider_code", "week_ending", name=op.f("uq_extract_provider_code_week_ending")
        ),
    )
    op.create_table(
        "pathway",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provider_code", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("pathway_id", sa.Text(), nullable=False),
        sa.Column("local_patient_id", sa.Text(), nullable=True),
        sa.Column("site_code", sa.Text(), nullable=True),
        sa.Column("commissioner_code", sa.Text(), nullable=True),
        sa.Column("icb_code", sa.Text(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("list_type", sa.Text(), nullable=False),
        sa.Column("clock_start", sa.Date(), nullable=False),
        sa.Column("rtt_status", sa.Text(), nullable=True),
        sa.Column("decision_to_admit_on", sa.Date(), nullable=True),
        sa.Column("admission_on", sa.Date(), nullable=True),
        sa.Column("outpatient_on", sa.Date(), nullable=True),
        sa.Column("last_attended_on", sa.Date(), nullable=True),
        sa.Column("referral_source", sa.Text(), nullable=True),
        sa.Column("referring_organisation", sa.Text(), nullable=True),
        sa.Column("is_cancer", sa.Boolean(), nullable=False),
        sa.Column("intended_management", sa.Text(), nullable=True),
        sa.Column("procedure_code", sa.Text(), nullable=True),
        sa.Column("priority_code", sa.Text(), nullable=True),
        sa.Column("priority_reviewed_on", sa.Date(), nullable=True),
        sa.Column("asa", sa.Integer(), nullable=True),
        sa.Column("asa_on", sa.Date(), nullable=True),
        sa.Column("bmi", sa.Double(), nullable=True),
        sa.Column("bmi_on", sa.Date(), nullable=True),
        sa.Column("ubrn", sa.Text(), nullable=True),
        sa.Column("unavailable_from", sa.Date(), nullable=True),
        sa.Column("unavailable_to", sa.Date(), nullable=True),
        sa.Column("validated_on", sa.Date(), nullable=True),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("absent_weeks", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("list_type IN ('admitted','non_admitted')", name=op.f("ck_pathway_list_type")),
        sa.CheckConstraint("(ended_on IS NULL) = (ended_reason IS NULL)", name=op.f("ck_pathway_ended")),
        sa.CheckConstraint("absent_weeks >= 0", name=op.f("ck_pathway_absent_weeks")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_pathway_patient_id")),
        sa.ForeignKeyConstraint(
            ["provider_code"], ["organisation.code"], name=op.f("fk_pathway_provider_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway")),
        sa.UniqueConstraint("provider_code", "pathway_id", name=op.f("uq_pathway_provider_code_pathway_id")),
    )
    op.create_index("ix_pathway_patient_id", "pathway", ["patient_id"], unique=False)
    op.create_index(
        "ix_pathway_waiting",
        "pathway",
        ["provider_code", "clock_start"],
        unique=False,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "upload_progress",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_progress_upload_id")),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_upload_progress")),
    )
    op.create_table(
        "choice_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("pathway_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("provider_code", sa.Text(), nullable=False),
        sa.Column("icb_code", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'received') = (answered_at IS NULL)", name=op.f("ck_choice_request_answered")
        ),
        sa.CheckConstraint("status IN ('received','met','refused')", name=op.f("ck_choice_request_status")),
        sa.ForeignKeyConstraint(["icb_code"], ["organisation.code"], name=op.f("fk_choice_request_icb_code")),
        sa.ForeignKeyConstraint(["pathway_id"], ["pathway.id"], name=op.f("fk_choice_request_pathway_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_choice_request_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_choice_request_reference")),
    )
    op.create_index(
        "ix_choice_request_icb_code_status", "choice_request", ["icb_code", "status"], unique=False
    )
    op.create_index(
        "uq_choice_request_waiting",
        "choice_request",
        ["pathway_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "clock_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pathway_id", sa.Uuid(), nullable=False),
        sa.Column("extract_id", sa.Uuid(), nullable=False),
        sa.Column("provider_code", sa.Text(), nullable=False),
        sa.Column("clock_was", sa.Date(), nullable=False),
        sa.Column("clock_is", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["extract_id"], ["extract.id"], name=op.f("fk_clock_change_extract_id")),
        sa.ForeignKeyConstraint(["pathway_id"], ["pathway.id"], name=op.f("fk_clock_change_pathway_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_change")),
    )
    op.create_index("ix_clock_change_pathway_id", "clock_change", ["pathway_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pathway_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("provider_code", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong_dates", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("wrong_dates >= 0", name=op.f("ck_invitation_wrong_dates")),
        sa.ForeignKeyConstraint(["pathway_id"], ["pathway.id"], name=op.f("fk_invitation_pathway_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_invitation_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitation_code_hash")),
    )
    op.create_index("ix_invitation_patient_id", "invitation", ["patient_id"], unique=False)
    op.create_index(
        "ix_invitation_provider_code", "invitation", ["provider_code", "invited_at"], unique=False
    )
    op.create_index(
        "uq_invitation_live_pathway",
        "invitation",
        ["pathway_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "transfer_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("pathway_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("home_code", sa.Text(), nullable=False),
        sa.Column("home_icb", sa.Text(), nullable=False),
        sa.Column("home_region", sa.Text(), nullable=False),
        sa.Column("patient_icb", sa.Text(), nullable=False),
        sa.Column("patient_region", sa.Text(), nullable=False),
        sa.Column("care_request_id", sa.Uuid(), nullable=True),
        sa.Column("started_how", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_step", sa.Text(), nullable=False),
        sa.Column("travel_miles", sa.Integer(), nullable=True),
        sa.Column("travel_national", sa.Boolean(), nullable=False),
        sa.Column("needs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("short_notice", sa.Boolean(), nullable=False),
        sa.Column("understood_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("change_due_on", sa.Date(), nullable=True),
        sa.Column("change_cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("search_from", sa.Date(), nullable=True),
        sa.Column("search_ends_on", sa.Date(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.Text(), nullable=True),
        sa.Column("silences", sa.Integer(), nullable=False),
        sa.Column("ask_again_on", sa.Date(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(status = 'ended') = (ended_because IS NOT NULL)", name=op.f("ck_transfer_request_ended_because")
        ),
        sa.CheckConstraint(
            "started_how IN ('page','helpline')", name=op.f("ck_transfer_request_started_how")
        ),
        sa.CheckConstraint(
            "status IN ('started','ended') OR submitted_on IS NOT NULL",
            name=op.f("ck_transfer_request_submitted_on"),
        ),
        sa.CheckConstraint(
            "status IN ('started','in_review','needs_information','searching','options_offered','accepted','transferred','resting','ended')",
            name=op.f("ck_transfer_request_status"),
        ),
        sa.CheckConstraint(
            "travel_miles IS NULL OR travel_miles BETWEEN 1 AND 1000",
            name=op.f("ck_transfer_request_travel_miles"),
        ),
        sa.ForeignKeyConstraint(
            ["care_request_id"], ["care_request.id"], name=op.f("fk_transfer_request_care_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_code"], ["organisation.code"], name=op.f("fk_transfer_request_home_code")
        ),
        sa.ForeignKeyConstraint(["pathway_id"], ["pathway.id"], name=op.f("fk_transfer_request_pathway_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_transfer_request_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_transfer_request_reference")),
    )
    op.create_index(
        "ix_transfer_request_care_request_id", "transfer_request", ["care_request_id"], unique=False
    )
    op.create_index(
        "ix_transfer_request_home_code_status", "transfer_request", ["home_code", "status"], unique=False
    )
    op.create_index(
        "ix_transfer_request_patient_icb_status", "transfer_request", ["patient_icb", "status"], unique=False
    )
    op.create_index("ix_transfer_request_patient_id", "transfer_request", ["patient_id"], unique=False)
    op.create_index(
        "uq_transfer_request_live_pathway",
        "transfer_request",
        ["pathway_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('ended','transferred')"),
    )
    op.create_table(
        "patient_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("pathway_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_patient_visit_invitation_id")
        ),
        sa.ForeignKeyConstraint(["pathway_id"], ["pathway.id"], name=op.f("fk_patient_visit_pathway_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_patient_visit_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_visit")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_patient_visit_secret_hash")),
    )
    op.create_index("ix_patient_visit_patient_id", "patient_visit", ["patient_id"], unique=False)
    op.create_table(
        "transfer_answers",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("home_code", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["transfer_request.id"], name=op.f("fk_transfer_answers_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_transfer_answers")),
    )
    op.create_table(
        "transfer_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("home_code", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("reviewer_name", sa.Text(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("setting", sa.Text(), nullable=True),
        sa.Column("procedure_group", sa.Text(), nullable=True),
        sa.Column("priority_code", sa.Text(), nullable=True),
        sa.Column("asa", sa.Integer(), nullable=True),
        sa.Column("asa_on", sa.Date(), nullable=True),
        sa.Column("bmi", sa.Double(), nullable=True),
        sa.Column("bmi_on", sa.Date(), nullable=True),
        sa.Column("critical_care", sa.Text(), nullable=True),
        sa.Column("tokens", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'not_suitable') = (reason IS NOT NULL)", name=op.f("ck_transfer_review_reason")
        ),
        sa.CheckConstraint(
            "outcome IN ('suitable','not_suitable','more_information','change_cleared')",
            name=op.f("ck_transfer_review_outcome"),
        ),
        sa.CheckConstraint("asa IS NULL OR asa BETWEEN 1 AND 5", name=op.f("ck_transfer_review_asa")),
        sa.CheckConstraint("bmi IS NULL OR bmi BETWEEN 5 AND 150", name=op.f("ck_transfer_review_bmi")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["transfer_request.id"], name=op.f("fk_transfer_review_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_review")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_transfer_review_request_id_number")),
    )
    op.add_column("proposal", sa.Column("transfer_request_id", sa.Uuid(), nullable=True))
    op.add_column("proposal", sa.Column("option", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("proposal", "option", server_default=None)  # it was for the rows that were there
    op.add_column("proposal", sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_proposal_transfer_request_id"),
        "proposal",
        "transfer_request",
        ["transfer_request_id"],
        ["id"],
    )
    op.create_index("ix_proposal_transfer_request_id", "proposal", ["transfer_request_id"], unique=False)
    op.add_column("request_line", sa.Column("asa_on", sa.Date(), nullable=True))
    op.add_column("request_line", sa.Column("bmi_on", sa.Date(), nullable=True))
    # Nobody wrote a letter before this version.
    op.add_column("letter", sa.Column("template", sa.Text(), nullable=False))
    op.add_column("letter", sa.Column("reference", sa.Text(), nullable=True))
    op.add_column("letter", sa.Column("format", sa.Text(), nullable=False))
    op.create_check_constraint(
        op.f("ck_letter_format"), "letter", "format IN ('standard','large_print','other')"
    )
    op.create_check_constraint(
        op.f("ck_letter_printed"), "letter", "(printed_at IS NULL) = (printed_by IS NULL)"
    )
    op.create_table(
        "contact_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("pathway_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(done_at, done_by, outcome) IN (0, 3)", name=op.f("ck_contact_task_done")
        ),
        sa.CheckConstraint(
            "outcome IN ('told','not_reached','not_needed')", name=op.f("ck_contact_task_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbox_message.id"], name=op.f("fk_contact_task_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_contact_task_organisation_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_task")),
        sa.UniqueConstraint("message_id", name=op.f("uq_contact_task_message_id")),
    )
    op.create_index(
        "ix_contact_task_organisation_code", "contact_task", ["organisation_code", "done_at"], unique=False
    )
    op.create_table(
        "patient_wording",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("worse", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_patient_wording_organisation_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_wording")),
        sa.UniqueConstraint("organisation_code", name=op.f("uq_patient_wording_organisation_code")),
    )
    # ### end Alembic commands ###
    op.execute(FUNCTIONS)
    _let_proposals(LIVE_NOW)
    _raise_walls()


def downgrade() -> None:
    """Take back what was added."""
    for table in POLICIES:
        for policy in ("read", "add", "change", "night"):
            op.execute(f"DROP POLICY {policy} ON {table}")
    for table in READ_BY_PATIENT:
        op.execute(f"DROP POLICY patient ON {table}")
    op.execute("DROP POLICY patient ON audit_event")
    _let_proposals(LIVE_BEFORE)
    # ### commands auto generated by Alembic - please adjust! ###
    op.drop_table("patient_wording")
    op.drop_index("ix_contact_task_organisation_code", table_name="contact_task")
    op.drop_table("contact_task")
    op.drop_constraint(op.f("ck_letter_printed"), "letter")
    op.drop_constraint(op.f("ck_letter_format"), "letter")
    for column in ("format", "reference", "template"):
        op.drop_column("letter", column)
    op.drop_column("request_line", "bmi_on")
    op.drop_column("request_line", "asa_on")
    op.drop_index("ix_proposal_transfer_request_id", table_name="proposal")
    op.drop_constraint(op.f("fk_proposal_transfer_request_id"), "proposal", type_="foreignkey")
    op.drop_column("proposal", "shown_at")
    op.drop_column("proposal", "option")
    op.drop_column("proposal", "transfer_request_id")
    op.drop_table("transfer_review")
    op.drop_table("transfer_answers")
    op.drop_index("ix_patient_visit_patient_id", table_name="patient_visit")
    op.drop_table("patient_visit")
    op.drop_index(
        "uq_transfer_request_live_pathway",
        table_name="transfer_request",
        postgresql_where=sa.text("status NOT IN ('ended','transferred')"),
    )
    op.drop_index("ix_transfer_request_patient_id", table_name="transfer_request")
    op.drop_index("ix_transfer_request_patient_icb_status", table_name="transfer_request")
    op.drop_index("ix_transfer_request_home_code_status", table_name="transfer_request")
    op.drop_index("ix_transfer_request_care_request_id", table_name="transfer_request")
    op.drop_table("transfer_request")
    op.drop_index(
        "uq_invitation_live_pathway",
        table_name="invitation",
        postgresql_where=sa.text("replaced_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.drop_index("ix_invitation_provider_code", table_name="invitation")
    op.drop_index("ix_invitation_patient_id", table_name="invitation")
    op.drop_table("invitation")
    op.drop_index("ix_clock_change_pathway_id", table_name="clock_change")
    op.drop_table("clock_change")
    op.drop_index(
        "uq_choice_request_waiting",
        table_name="choice_request",
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.drop_index("ix_choice_request_icb_code_status", table_name="choice_request")
    op.drop_table("choice_request")
    op.drop_table("upload_progress")
    op.drop_index("ix_pathway_waiting", table_name="pathway", postgresql_where=sa.text("ended_on IS NULL"))
    op.drop_index("ix_pathway_patient_id", table_name="pathway")
    op.drop_table("pathway")
    op.drop_table("extract")
    op.drop_index("ix_upload_organisation_code_kind", table_name="upload")
    op.drop_table("upload")
    op.drop_table("patient")
    op.drop_table("dated_rule")
    # ### end Alembic commands ###
    op.execute("DROP FUNCTION dmas_patient() CASCADE")
