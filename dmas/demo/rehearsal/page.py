"""The rehearsal's page: one file that needs nothing beside it, with plots and every figure in a table."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dmas.demo.rehearsal import plots
from dmas.demo.rehearsal.exchange import AT_HOME, HELD, MOVED, SEARCHING, STATES
from dmas.demo.rehearsal.report import Report, said
from dmas.demo.rehearsal.results import Table

_LINES = (SEARCHING, HELD, MOVED, AT_HOME)
_PAGES = Environment(loader=PackageLoader("dmas.demo"), autoescape=True, undefined=StrictUndefined)


def html(report: Report) -> str:
    """Return the page as HTML text; its last section alone says how long everything took."""
    page = _PAGES.get_template("demo/rehearsal.html")
    return page.render(
        report=report,
        said=said,
        zip=zip,
        plots={table.heading: Markup(drawn) for table in report.tables() if (drawn := _plot(report, table))},  # noqa: S704 - drawn here, every name escaped
    )


def _plot(report: Report, table: Table) -> str | None:
    """Return the plot that goes above a table, if one does."""
    if table.heading == "Week by week" and report.weeks:
        series = [(STATES[state], [night[state] for night in report.weeks.states]) for state in _LINES]
        return plots.lines("Places asked for by state, night by night", series, "nights")
    if "region" in table.heading or "service" in table.heading:
        rows = [(name, int(row[0] or 0), int(row[1] or 0)) for name, row in table.rows]
        return plots.bars(table.heading, rows, (table.columns[0], table.columns[1]))
    return None
