"""Boards that were merged or split: what lies in them is moved to their heirs, on the day and ever after."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dmas.providers.commands import BoardMove, BoardsReport
from dmas.providers.models import Organisation, Site
from dmas.providers.rules import board_after, outcode_of
from dmas.providers.vocabulary import FORMER_ICBS

_FORMER = sorted(board.code for board in FORMER_ICBS)


def settle_boards(session: Session, *, on: date) -> BoardsReport:
    """Move providers and sites of boards that have ended by a day; what nobody can tell stays, and is listed.

    A split is decided place by place, by the postcode district.
    """
    report = BoardsReport()
    for table in (Organisation, Site):
        moves = _moves(session, table, on)
        moved = [move for move in moves if move.new not in (None, move.old)]
        if moved:
            session.execute(update(table), [{"code": move.code, "icb_code": move.new} for move in moved])
        report.moved += moved
        report.undecided += [move for move in moves if move.new is None]
    return report


def _moves(session: Session, table: type[Organisation] | type[Site], on: date) -> list[BoardMove]:
    rows = session.execute(
        select(table.code, table.name, table.icb_code, table.postcode)
        .where(table.icb_code.in_(_FORMER))
        .order_by(table.code)
    )
    return [
        BoardMove(code, name, board, board_after(board, outcode_of(postcode), on))
        for code, name, board, postcode in rows
        if board is not None
    ]
