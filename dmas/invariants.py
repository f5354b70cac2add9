"""What must hold across the rooms, as queries whose every row is a breach. `dmas doctor` runs them."""

from __future__ import annotations

from dmas.core.invariants import declare, declared

LIVE_PROPOSAL = (
    "('proposed','asked','needs_information','receiver_accepted','accepted_subject','offered','chosen')"
)
LIVE_TRANSFER = "('preparing','sent','confirmed','dated')"
TAKES_PLACE = "('preparing','sent','confirmed','dated','treated','booked','done','reported','read')"
AUDITED = (
    "staff", "membership", "offer", "care_request", "proposal", "named_person", "transfer", "match_run",
    "transfer_request", "transfer_review", "invitation", "choice_request", "dated_rule",
)  # fmt: skip

declare(
    "places-within-offer",
    "Held and taken places are never more than an offer's places.",
    "SELECT reference, places, held, taken FROM offer WHERE held < 0 OR taken < 0 OR held + taken > places",
)
declare(
    "held-equals-rows",
    "An offer's held places equal what its proposals hold.",
    "SELECT o.reference, o.held, coalesce(sum(p.held), 0) FROM offer o"
    " LEFT JOIN proposal p ON p.offer_id = o.id GROUP BY o.id HAVING o.held <> coalesce(sum(p.held), 0)",
)
declare(
    "taken-equals-rows",
    "An offer's taken places equal the transfers that take one.",
    "SELECT o.reference, o.taken, count(t.id) FROM offer o LEFT JOIN transfer t ON t.offer_id = o.id"
    f" AND t.status IN {TAKES_PLACE} GROUP BY o.id HAVING o.taken <> count(t.id)",
)
declare(
    "line-not-overfilled",
    "No line of a request has more places taken than it asked for, nor a trust's more held and taken.",
    "SELECT r.reference, l.number, l.places FROM request_line l JOIN care_request r ON r.id = l.request_id"
    " WHERE l.places < (SELECT CASE r.kind WHEN 'provider' THEN coalesce(sum(p.held), 0) ELSE 0 END"
    " FROM proposal p WHERE p.line_id = l.id)"
    f" + (SELECT count(*) FROM transfer t WHERE t.line_id = l.id AND t.status IN {TAKES_PLACE})",
)
declare(
    "few-options",
    "A patient has at most five live options, and holds at most one place before they are shown.",
    "SELECT transfer_request_id, count(*), sum(held) FROM proposal"
    f" WHERE transfer_request_id IS NOT NULL AND status IN {LIVE_PROPOSAL} GROUP BY transfer_request_id"
    " HAVING count(*) > 5 OR coalesce(sum(held) FILTER (WHERE status <> 'offered'), 0) > 1",
)
declare(
    "shown-only-to-choose",
    "Options are shown only while their patient chooses, or may still take back that they stay.",
    "SELECT p.reference, t.status FROM proposal p JOIN transfer_request t ON t.id = p.transfer_request_id"
    " WHERE p.status = 'offered' AND t.status <> 'options_offered'"
    " AND t.ended_because IS DISTINCT FROM 'stayed'",
)
declare(
    "shown-is-held",
    "Whatever a patient is shown holds its place.",
    "SELECT reference, held FROM proposal WHERE status = 'offered' AND (held <> 1 OR shown_at IS NULL)",
)
declare(
    "one-choice",
    "A patient has chosen at most one option that still stands, and nothing else is open beside it.",
    "SELECT r.transfer_request_id, count(*) FROM proposal r JOIN transfer t ON t.proposal_id = r.id"
    f" WHERE r.transfer_request_id IS NOT NULL AND t.status IN {LIVE_TRANSFER}"
    " GROUP BY r.transfer_request_id HAVING count(*) > 1"
    " UNION ALL SELECT p.transfer_request_id, 0 FROM proposal p"
    " JOIN transfer_request t ON t.id = p.transfer_request_id"
    f" WHERE t.status IN ('accepted','transferred') AND p.status IN {LIVE_PROPOSAL}",
)
declare(
    "resting-holds-nothing",
    "A patient's request that rests, is moved or has ended holds no place, unless they have just stayed.",
    "SELECT p.reference, t.status FROM proposal p JOIN transfer_request t ON t.id = p.transfer_request_id"
    " WHERE p.held > 0 AND t.status NOT IN ('searching','options_offered')"
    " AND t.ended_because IS DISTINCT FROM 'stayed'",
)
declare(
    "option-of-its-own-request",
    "An option stands for the request of the patient it is shown to, and never at their own trust.",
    "SELECT p.reference FROM proposal p JOIN transfer_request t ON t.id = p.transfer_request_id"
    " JOIN offer o ON o.id = p.offer_id JOIN care_request r ON r.id = p.request_id"
    " WHERE o.provider_code = t.home_code OR p.receiver_code = t.home_code OR r.kind <> 'transfer'",
)
declare(
    "other-provider",
    "Nobody is matched with their own provider.",
    "SELECT 'proposal', p.reference FROM proposal p JOIN offer o ON o.id = p.offer_id"
    " JOIN care_request r ON r.id = p.request_id WHERE o.provider_code = r.provider_code"
    " UNION ALL SELECT 'transfer', reference FROM transfer WHERE home_code = receiver_code",
)
declare(
    "one-live-proposal-a-pair",
    "A line has at most one live proposal at an offer.",
    f"SELECT line_id, offer_id, count(*) FROM proposal WHERE status IN {LIVE_PROPOSAL}"
    " GROUP BY line_id, offer_id HAVING count(*) > 1",
)
declare(
    "one-live-transfer-a-pathway",
    "A pathway has at most one live transfer.",
    f"SELECT home_code, count(*) FROM transfer WHERE status IN {LIVE_TRANSFER}"
    " GROUP BY home_code, pathway_id HAVING count(*) > 1",
)
declare(
    "only-live-proposals-hold",
    "A proposal that has ended holds nothing.",
    f"SELECT reference, status, held FROM proposal WHERE held > 0 AND status NOT IN {LIVE_PROPOSAL}",
)
declare(
    "withdrawn-offers-propose-nothing",
    "An offer that is withdrawn has nothing waiting for an answer.",
    "SELECT o.reference, o.status, p.reference FROM offer o JOIN proposal p ON p.offer_id = o.id"
    " WHERE o.status = 'withdrawn' AND p.status IN ('proposed','asked','needs_information','offered')",
)
declare(
    "closed-requests-seek-nothing",
    "A request that has ended has nothing waiting for an answer.",
    "SELECT r.reference, p.reference FROM care_request r JOIN proposal p ON p.request_id = r.id"
    " WHERE r.status = 'closed'"
    " AND p.status IN"
    " ('proposed','asked','needs_information','receiver_accepted','accepted_subject','offered')",
)
declare(
    "yes-before-transfer",
    "Only a person who said yes is transferred, with the clock and pathway they were named with.",
    "SELECT t.reference FROM transfer t JOIN named_person n ON n.id = t.person_id"
    " WHERE n.consent <> 'yes' OR n.clock_start <> t.clock_start OR n.pathway_id <> t.pathway_id",
)
declare(
    "no-stopping-code",
    "A move never stops a clock: no RTT status but 21 is ever written, and that only for a whole pathway.",
    "SELECT reference, rtt_status FROM transfer WHERE rtt_status IS NOT NULL"
    " AND (rtt_status <> '21' OR basis <> 'whole_pathway')",
)
declare(
    "one-event-a-change",
    "Every version of an audited record has its one audit event.",
    " UNION ALL ".join(
        f"SELECT '{table}', e.id::text, e.version FROM {table} e WHERE e.version <>"
        f" (SELECT count(*) FROM audit_event a WHERE a.entity_type = '{table}' AND a.entity_id = e.id"
        " AND a.entity_version IS NOT NULL)"
        for table in AUDITED
    ),
)
_BESIDE = (
    ("offer", "diagnostic_offer_detail", "offer_id", "pathway = 'diagnostic'"),
    ("care_request", "diagnostic_request_detail", "request_id", "pathway = 'diagnostic'"),
    ("transfer", "transfer_test", "transfer_id", "basis = 'test_only'"),
)
declare(
    "tests-have-details",
    "Every offer, request and transfer of a test has what tests say beside it, and nothing else has.",
    " UNION ALL ".join(
        f"SELECT r.reference FROM {table} r LEFT JOIN {beside} b ON b.{key} = r.id"
        f" WHERE (r.{is_test}) <> (b.{key} IS NOT NULL)"
        for table, beside, key, is_test in _BESIDE
    ),
)
declare(
    "no-test-unnamed",
    "No test was done before somebody was named to read it, and none was read with a finding unacknowledged.",
    "SELECT t.reference FROM transfer t JOIN transfer_test x ON x.transfer_id = t.id"
    " WHERE (t.status IN ('done','reported','read') AND x.named_at IS NULL)"
    " OR (t.status = 'read' AND x.critical_at < x.read_at AND x.acknowledged_at IS NULL)",
)
_PROPOSED = "(SELECT count(*) FROM proposal p WHERE p.run_date = m.service_date)"
declare(
    "night-all-or-nothing",
    "Proposals of a night exist only where that night was applied, and as many as it says.",
    f"SELECT m.service_date, m.status, {_PROPOSED} FROM match_run m WHERE {_PROPOSED} <>"
    " CASE m.status WHEN 'applied' THEN (m.counts->>'proposals')::int ELSE 0 END"
    " UNION ALL SELECT run_date, 'no run', count(*) FROM proposal WHERE run_date IS NOT NULL"
    " AND run_date NOT IN (SELECT service_date FROM match_run) GROUP BY run_date",
)
_SERVED = (
    "(SELECT coalesce(sum(p.places), 0) FROM proposal p WHERE p.run_date = o.service_date AND p.option = 1)"
)
declare(
    "night-adds-up",
    "What a night's outcomes say was served is what it proposed, further options apart.",
    f"SELECT o.service_date, sum(o.served), {_SERVED} FROM outcome o GROUP BY o.service_date"
    f" HAVING sum(o.served) <> {_SERVED}",
)
declare(
    "night-was-checked",
    "A night was applied only with the independent check's consent, and what was checked is kept.",
    "SELECT m.service_date, m.verdict FROM match_run m WHERE m.status = 'applied'"
    " AND (m.verdict->>'ok' IS DISTINCT FROM 'true'"
    " OR NOT EXISTS (SELECT 1 FROM match_run_file f WHERE f.run_id = m.id))",
)
declare(
    "message-has-one-end",
    "A message is sent, held back or given up, never two of them, and none before its first try.",
    "SELECT dedup FROM outbox_message WHERE num_nonnulls(sent_at, held_back_at, dead_at) > 1"
    " OR (sent_at IS NOT NULL AND attempts = 0)",
)

ALL = declared()
