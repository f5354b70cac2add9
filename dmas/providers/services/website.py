"""Loading the hospitals of the NHS website: where sites are, to the building."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dmas.core import bulk
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.files import Layout, csv_lines
from dmas.providers import loading
from dmas.providers.commands import ImportHospitals, LoadReport
from dmas.providers.rules import hospital_columns
from dmas.providers.services.files import begin, count, settle

_WEBSITE = Layout(encoding="cp1252", called="Windows-1252", delimiter="¬", quoted=False)


def import_hospitals(
    session: Session, command: ImportHospitals, *, actor: Actor, now: datetime
) -> LoadReport:
    """Place sites by the NHS website, and make those that are missing; what somebody gave by hand stands.

    An independent provider that nobody knows is made too, in the area of the nearest trust, until an ODS
    file says better. A site of a trust that has closed goes to the one that followed it.
    """
    begin(session, actor, now)
    report = LoadReport("hospitals")
    with csv_lines(command.path, layout=_WEBSITE) as lines:
        columns = hospital_columns(next(lines).cells)
        held = loading.held_places(session, london_date(now))
        rows = loading.read_hospitals(lines, columns, report.refusals)
        loading.stage_hospitals(session, rows, held, report.refusals)
    count(report, bulk.store(session, loading.STAGED, loading.SITE, "code", loading.SITE_COLUMNS))
    if held.made:
        report.notes.append(
            f"{len(held.made)} independent providers were not known; each is in the area of its nearest trust"
            " until an ODS file says better."
        )
    settle(session, report, now)
    return report
