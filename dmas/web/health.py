"""Is the process alive, and may it be sent people? Reasons are codes, never details."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import alembic_config
from dmas.web import access, pages

blueprint = Blueprint("health", __name__, url_prefix="/health")

HEALTH = Actor.system("health")
NOT_MIGRATED = {"42P01", "22023"}  # no such table, no such role
Check = Callable[[Session], bool]


@blueprint.get("/live")
@access.public
def live() -> ResponseReturnValue:
    """Answer as long as the process runs."""
    return jsonify(live=True)


@blueprint.get("/ready")
@access.public
def ready() -> ResponseReturnValue:
    """Answer 200 when people may be sent here, else 503 with the reasons."""
    reasons = not_ready_because()
    return jsonify(ready=not reasons, reasons=reasons), 503 if reasons else 200


def add_check(app: Flask, reason: str, check: Check) -> None:
    """Add one thing that must be true before people are sent here, and its code when it is not."""
    app.extensions.setdefault("dmas_readiness", {})[reason] = check


def not_ready_because() -> list[str]:
    """Return the codes of what is missing; empty when ready."""
    try:
        with pages.database().unit_of_work(HEALTH) as session:
            if set(session.scalars(text("SELECT version_num FROM alembic_version"))) != newest_migrations():
                return ["not_migrated"]
            checks: dict[str, Check] = current_app.extensions.get("dmas_readiness", {})
            return [reason for reason, check in checks.items() if not check(session)]
    except SQLAlchemyError as error:
        state = getattr(getattr(error, "orig", None), "sqlstate", None)
        return ["not_migrated" if state in NOT_MIGRATED else "database_unreachable"]


@cache
def newest_migrations() -> frozenset[str]:
    """Return the newest migration of this code, as Alembic names it."""
    return frozenset(ScriptDirectory.from_config(alembic_config("postgresql://")).get_heads())
