"""Loading published figures: a month's file replaces what was held of that month for its providers."""

from __future__ import annotations

from sqlalchemy.orm import Session

from dmas.core import bulk
from dmas.core.actors import Actor
from dmas.core.errors import InvalidInput
from dmas.core.files import Refusals
from dmas.providers.policy import require_change_of_reference_data
from dmas.published.commands import Dm01Report, ImportDm01, ImportRtt, RttReport
from dmas.published.loading import read_dm01, read_extract, replace_counts, store_dm01
from dmas.published.rules import check_totals, dm01_disagreements
from dmas.published.vocabulary import DM01_BANDS


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


def import_dm01(session: Session, command: ImportDm01, *, actor: Actor) -> Dm01Report:
    """Load one month's diagnostic tests; raise InvalidInput, with nothing stored, where none can be."""
    require_change_of_reference_data(actor)
    refusals = Refusals()
    tally = read_dm01(command.path, refusals)
    period, kept = tally.period, tally.kept
    if not kept:
        first = f" Line {refusals.shown[0][0]}: {refusals.shown[0][1]}." if refusals.shown else ""
        raise InvalidInput(f"No row of this file could be taken.{first} Download it again.")
    bulk.allow_long_statements(session)
    changes, removed = store_dm01(session, tally)
    session.expire_all()
    return Dm01Report(
        period=period,
        providers=len(tally.providers),
        rows=tally.rows,
        waiting=sum(int(counts[DM01_BANDS]) for counts in kept.values()),
        new=changes.new,
        changed=changes.changed,
        unchanged=changes.unchanged,
        removed=removed,
        refusals=refusals,
        notes=dm01_disagreements(tally),
    )
