"""The walls below the program: who may read which row, what never changes, and no change without an event.

Row-level security reads the three settings that the unit of work makes for each transaction. The night's
role passes every policy by a policy of its own; no role bypasses them.
"""

from __future__ import annotations

from alembic import op

revision = "0002_walls"
down_revision = "0001_tables"
branch_labels = None
depends_on = None

APP, NIGHT = "dmas_app", "dmas_night"

# Everybody may read these; the program decides who may change them.
REFERENCE = ("organisation", "succession", "site", "outcode", "rtt_count")
AUDITED = (
    "staff", "membership", "offer", "care_request", "proposal", "named_person", "transfer", "match_run",
)  # fmt: skip
WITH_STATUS = ("offer", "care_request", "proposal", "transfer", "match_run")

SIGNED_IN = "dmas_reach() <> 'nothing'"
OWN = "dmas_sees(provider_code, icb_code, region_code)"
MATCHED = "EXISTS (SELECT 1 FROM proposal p WHERE p.{column} = {table}.id)"
OWN_REQUEST = (
    "EXISTS (SELECT 1 FROM care_request r WHERE r.id = {table}.request_id"
    " AND dmas_sees(r.provider_code, r.icb_code, r.region_code))"
)
EITHER_SIDE = (
    "dmas_sees(home_code, home_icb, home_region) OR dmas_sees(receiver_code, receiver_icb, receiver_region)"
)
# Who moves, and what is agreed about them, is for the two providers: no ICB, region or national team.
BOTH_PROVIDERS = "dmas_is_system() OR dmas_provider() IN (home_code, receiver_code)"
OF_BOTH_PROVIDERS = (
    "dmas_is_system() OR EXISTS (SELECT 1 FROM transfer t WHERE t.id = {table}.transfer_id"
    " AND dmas_provider() IN (t.home_code, t.receiver_code))"
)
NATION = "dmas_reach() = 'nation'"
MEMBER_HERE = (
    "EXISTS (SELECT 1 FROM membership m WHERE m.staff_id = {staff}"
    " AND m.organisation_code = dmas_organisation())"
)
OWN_ACCOUNT = f"{NATION} OR {{staff}}::text = dmas_actor() OR {MEMBER_HERE}"

# A line of a request may be taken out before anybody was asked about it, never after.
NOT_YET_OPENED = (
    "EXISTS (SELECT 1 FROM care_request r WHERE r.id = request_line.request_id AND r.opened_on IS NULL)"
)

OFFER_SEEN = (
    f"{OWN} OR (status = 'open' AND {SIGNED_IN}) OR {MATCHED.format(column='offer_id', table='offer')}"
)
REQUEST_SEEN = f"{OWN} OR {MATCHED.format(column='request_id', table='care_request')}"
LINE_OWN = OWN_REQUEST.format(table="request_line")
DATA_SET_SEEN = OF_BOTH_PROVIDERS.format(table="transfer_data_set")
MESSAGE_SEEN = OF_BOTH_PROVIDERS.format(table="transfer_message")
OWN_MEMBERSHIP = f"{NATION} OR organisation_code = dmas_organisation()"
OWN_SIGN_IN = OWN_ACCOUNT.format(staff="sign_in.staff_id")
OWN_LINK = f"{NATION} OR {MEMBER_HERE.format(staff='one_time_link.staff_id')}"
OWN_FORM = "actor_id = dmas_actor()"
SYSTEM = "dmas_is_system()"

# table: (who may read a row, who may add one, who may change one)
# Who asks for places locks the offer and moves its counters, who answers locks the request: a trigger keeps
# everything else in those rows to their own side.
POLICIES: dict[str, tuple[str, str, str]] = {
    "offer": (OFFER_SEEN, OWN, OFFER_SEEN),
    "care_request": (REQUEST_SEEN, OWN, REQUEST_SEEN),
    "request_line": (
        f"{LINE_OWN} OR {MATCHED.format(column='line_id', table='request_line')}",
        LINE_OWN,
        LINE_OWN,
    ),
    "proposal": (EITHER_SIDE, BOTH_PROVIDERS, BOTH_PROVIDERS),
    "named_person": (
        f"{SYSTEM} OR home_code = dmas_provider() OR (receiver_code = dmas_provider() AND consent = 'yes')",
        f"{SYSTEM} OR home_code = dmas_provider()",
        f"{SYSTEM} OR home_code = dmas_provider()",
    ),
    "transfer": (EITHER_SIDE, BOTH_PROVIDERS, BOTH_PROVIDERS),
    "transfer_data_set": (DATA_SET_SEEN, DATA_SET_SEEN, DATA_SET_SEEN),
    "transfer_message": (
        MESSAGE_SEEN,
        f"{SYSTEM} OR (organisation_code = dmas_provider() AND ({MESSAGE_SEEN}))",
        SYSTEM,
    ),
    "match_run": (SIGNED_IN, SYSTEM, SYSTEM),
    "match_run_file": (NATION, SYSTEM, SYSTEM),
    "outcome": (OWN_REQUEST.format(table="outcome"), SYSTEM, SYSTEM),
    "membership": (f"{OWN_MEMBERSHIP} OR staff_id::text = dmas_actor()", OWN_MEMBERSHIP, OWN_MEMBERSHIP),
    "staff": (
        OWN_ACCOUNT.format(staff="staff.id"),
        f"{NATION} OR dmas_organisation() <> ''",  # who is invited belongs nowhere yet
        OWN_ACCOUNT.format(staff="staff.id"),
    ),
    "sign_in": (OWN_SIGN_IN, OWN_SIGN_IN, OWN_SIGN_IN),
    "one_time_link": (OWN_LINK, OWN_LINK, OWN_LINK),
    "sign_in_attempt": (SYSTEM, SYSTEM, SYSTEM),
    "form_key": (OWN_FORM, OWN_FORM, OWN_FORM),
    "audit_event": (
        f"{NATION} OR dmas_organisation() = ANY(parties) OR organisation_code = dmas_organisation()",
        "true",
        "false",
    ),
}

FUNCTIONS = """
CREATE FUNCTION dmas_actor() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('dmas.actor', true), '') $$;

CREATE FUNCTION dmas_reach() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce(nullif(current_setting('dmas.reach', true), ''), 'nothing') $$;

CREATE FUNCTION dmas_organisation() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('dmas.organisation', true), '') $$;

-- The organisation, where it is a provider; an ICB's or a region's code is no provider's.
CREATE FUNCTION dmas_provider() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT CASE dmas_reach() WHEN 'organisation' THEN dmas_organisation() ELSE '' END $$;

CREATE FUNCTION dmas_is_system() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT dmas_actor() LIKE 'system:%' AND dmas_reach() = 'nation' $$;

CREATE FUNCTION dmas_sees(provider text, icb text, region text) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT CASE dmas_reach()
     WHEN 'nation' THEN true
     WHEN 'region' THEN region = dmas_organisation()
     WHEN 'icb' THEN icb = dmas_organisation()
     WHEN 'organisation' THEN provider = dmas_organisation()
     ELSE false END $$;

-- Audit rows are written once.
CREATE FUNCTION dmas_never_changes() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% rows are never changed or removed', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;

-- A state never changes without raising the version, and a version rises by one.
CREATE FUNCTION dmas_version_rises() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NEW.version NOT IN (OLD.version, OLD.version + 1) THEN
    RAISE EXCEPTION '% %: version % does not follow %', TG_TABLE_NAME, NEW.id, NEW.version, OLD.version
      USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION dmas_status_raises_version() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NEW.status IS DISTINCT FROM OLD.status AND NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION '% %: its state changed without a new version', TG_TABLE_NAME, NEW.id USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

-- Runs as the owner, so that no policy hides the event it looks for.
CREATE FUNCTION dmas_change_has_event() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS
$$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM audit_event WHERE entity_type = TG_TABLE_NAME
                 AND entity_id = NEW.id AND entity_version = NEW.version) THEN
    RAISE EXCEPTION '% %: version % has no audit event', TG_TABLE_NAME, NEW.id, NEW.version
      USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;

-- The original clock travels with the person and is nobody's to change here.
CREATE FUNCTION dmas_clock_stands() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NEW.clock_start <> OLD.clock_start OR NEW.pathway_id <> OLD.pathway_id THEN
    RAISE EXCEPTION '% %: the original clock and pathway never change', TG_TABLE_NAME, NEW.id
      USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

-- The terms of an offer and all of a request are their own side's; whoever else may change a row of theirs
-- moves its counters, and nothing more.
CREATE FUNCTION dmas_terms_are_its_own() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF current_user = 'dmas_app' AND NOT dmas_sees(OLD.provider_code, OLD.icb_code, OLD.region_code)
     AND to_jsonb(NEW) - '{held,taken}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{held,taken}'::text[] THEN
    RAISE EXCEPTION '% %: it is not yours to change', TG_TABLE_NAME, NEW.id USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

-- Held and taken equal the rows that hold and take. Looked at when the transaction ends.
CREATE FUNCTION dmas_counters_agree() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS
$$ DECLARE
  offer_of uuid;
  counted record;
BEGIN
  IF TG_TABLE_NAME = 'offer' THEN offer_of := NEW.id; ELSE offer_of := NEW.offer_id; END IF;
  SELECT o.held, o.taken,
    (SELECT coalesce(sum(p.held), 0) FROM proposal p WHERE p.offer_id = o.id) AS holds,
    (SELECT count(*) FROM transfer t WHERE t.offer_id = o.id
       AND t.status IN ('preparing','sent','confirmed','dated','treated')) AS takes
    INTO counted FROM offer o WHERE o.id = offer_of;
  IF counted.held <> counted.holds OR counted.taken <> counted.takes THEN
    RAISE EXCEPTION 'offer %: held % and taken %, but rows hold % and take %',
      offer_of, counted.held, counted.taken, counted.holds, counted.takes USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;
"""

DROP_FUNCTIONS = (
    "dmas_counters_agree()", "dmas_terms_are_its_own()", "dmas_clock_stands()", "dmas_change_has_event()",
    "dmas_status_raises_version()", "dmas_version_rises()", "dmas_never_changes()", "dmas_sees(text, text, text)", "dmas_is_system()",
    "dmas_provider()", "dmas_organisation()", "dmas_reach()", "dmas_actor()",
)  # fmt: skip


def upgrade() -> None:
    """Raise the walls."""
    op.execute(FUNCTIONS)
    _grants()
    _triggers()
    for table, (read, add, change) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY read ON {table} FOR SELECT TO {APP} USING ({read})")
        op.execute(f"CREATE POLICY add ON {table} FOR INSERT TO {APP} WITH CHECK ({add})")
        op.execute(
            f"CREATE POLICY change ON {table} FOR UPDATE TO {APP} USING ({change}) WITH CHECK ({change})"
        )
        op.execute(f"CREATE POLICY night ON {table} TO {NIGHT} USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY remove ON request_line FOR DELETE TO {APP} USING ({NOT_YET_OPENED})")
    op.execute(f"CREATE POLICY remove ON sign_in_attempt FOR DELETE TO {APP} USING (dmas_is_system())")


def _grants() -> None:
    for table in REFERENCE:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
        op.execute(f"GRANT SELECT ON {table} TO {NIGHT}")
    for table in POLICIES:
        rights = (
            "SELECT, INSERT" if table in ("audit_event", "transfer_message") else "SELECT, INSERT, UPDATE"
        )
        op.execute(f"GRANT {rights} ON {table} TO {APP}, {NIGHT}")
    op.execute(f"GRANT DELETE ON request_line, sign_in_attempt TO {APP}")
    op.execute(f"GRANT SELECT ON alembic_version TO {APP}, {NIGHT}")


def _triggers() -> None:
    op.execute(
        "CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON audit_event"
        " FOR EACH ROW EXECUTE FUNCTION dmas_never_changes()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION dmas_never_changes()"
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
    for table in ("offer", "care_request"):
        op.execute(
            f"CREATE TRIGGER terms_are_its_own BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION dmas_terms_are_its_own()"
        )
    for table in ("named_person", "transfer"):
        op.execute(
            f"CREATE TRIGGER clock_stands BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION dmas_clock_stands()"
        )
    for table, columns in (("offer", "held, taken"), ("proposal", "held"), ("transfer", "status")):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER counters_agree AFTER INSERT OR UPDATE OF {columns} ON {table}"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dmas_counters_agree()"
        )


def downgrade() -> None:
    """Take the walls down; the tables stay."""
    op.execute("DROP POLICY remove ON request_line")
    op.execute("DROP POLICY remove ON sign_in_attempt")
    for table in POLICIES:
        for policy in ("read", "add", "change", "night"):
            op.execute(f"DROP POLICY {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in (*REFERENCE, *POLICIES, "alembic_version"):
        op.execute(f"REVOKE ALL ON {table} FROM {APP}, {NIGHT}")
    for function in DROP_FUNCTIONS:
        op.execute(f"DROP FUNCTION {function} CASCADE")
