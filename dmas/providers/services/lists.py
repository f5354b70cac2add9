"""Loading short lists: ratings of sites and providers, and who followed whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.errors import InvalidInput
from dmas.core.files import Refusals, csv_lines
from dmas.providers.commands import ImportRatings, ImportSuccessions, LoadReport
from dmas.providers.models import Organisation, Site, SiteRating, Succession
from dmas.providers.rules import list_columns, read_rating, read_succession
from dmas.providers.services.files import begin

Row = TypeVar("Row")
_MOST_ROWS = 200_000


def import_ratings(session: Session, command: ImportRatings, *, actor: Actor, now: datetime) -> LoadReport:
    """Keep the newest rating of each site or provider: columns site, rating and date."""
    begin(session, actor, now)
    report = LoadReport("ratings")
    known = set(session.scalars(select(Site.code))) | set(session.scalars(select(Organisation.code)))
    held = {one.code: one for one in session.scalars(select(SiteRating))}
    for line, row in _rows(command.path, ("site", "rating", "date"), "ratings", read_rating, report.refusals):
        before = held.get(row.code)
        if row.code not in known:
            report.refusals.add(line, f"{row.code} is no site or provider we know: import it first")
        elif row.rated_on > now.date():
            report.refusals.add(line, f"{row.code}: {row.rated_on:%-d %B %Y} is still to come")
        elif before is None:
            held[row.code] = SiteRating(code=row.code, rating=row.rating.value, rated_on=row.rated_on)
            session.add(held[row.code])
            report.new += 1
        elif (before.rating, before.rated_on) == (row.rating, row.rated_on) or row.rated_on < before.rated_on:
            report.unchanged += 1
        elif row.rated_on == before.rated_on:
            report.refusals.add(line, f"{row.code} has two ratings of one day: the first was taken")
        else:
            before.rating, before.rated_on = row.rating.value, row.rated_on
            report.changed += 1
    session.flush()
    return report


def import_successions(
    session: Session, command: ImportSuccessions, *, actor: Actor, now: datetime
) -> LoadReport:
    """Keep who followed whom and from when: columns old_code, new_code and date."""
    begin(session, actor, now)
    report = LoadReport("successions")
    known = set(session.scalars(select(Organisation.code)))
    held = {(one.old_code, one.new_code, one.effective_on) for one in session.scalars(select(Succession))}
    wanted = ("old_code", "new_code", "date")
    for line, row in _rows(command.path, wanted, "successions", read_succession, report.refusals):
        key = (row.old_code, row.new_code, row.effective_on)
        unknown = [code for code in key[:2] if code not in known]
        if unknown:
            report.refusals.add(line, f"{' and '.join(unknown)} not known: import the trusts first (etr.csv)")
        elif key in held:
            report.unchanged += 1
        else:
            held.add(key)
            session.add(Succession(old_code=key[0], new_code=key[1], effective_on=key[2]))
            report.new += 1
    session.flush()
    return report


def _rows(
    path: Path,
    wanted: Sequence[str],
    what: str,
    read: Callable[..., Row],
    refusals: Refusals,
) -> Iterator[tuple[int, Row]]:
    with csv_lines(path) as lines:
        columns = list_columns(next(lines).cells, wanted, what)
        for count, (line, cells) in enumerate(lines):
            if count >= _MOST_ROWS:
                raise InvalidInput(f"More than {_MOST_ROWS:,} rows: this is not a list of {what}.")
            try:
                yield line, read(cells, columns)
            except InvalidInput as error:
                refusals.add(line, str(error))
