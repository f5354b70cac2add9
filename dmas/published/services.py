"""Loading published figures: a month's file replaces what was held of that month for its providers."""

from __future__ import annotations

from sqlalchemy.orm import Session

from dmas.core import bulk
from dmas.core.actors import Actor
from dmas.providers.policy import require_change_of_reference_data
from dmas.published.commands import ImportRtt, RttReport
from dmas.published.loading import read_extract, replace_counts
from dmas.published.rules import check_totals


def import_rtt(session: Session, command: ImportRtt, *, actor: Actor) -> RttReport:
    """Load one month's RTT extract; raise InvalidInput, with nothing stored, where it does not add up."""
    require_change_of_reference_data(actor)
    tally = read_extract(command.path)
    period = tally.period
    check_totals(tally)
    bulk.allow_long_statements(session)
    counts = replace_counts(session, tally)
    session.expire_all()
    return RttReport(
        period=period,
        providers=len(tally.providers),
        rows=tally.rows,
        counts=counts,
        incomplete=tally.incomplete,
    )
