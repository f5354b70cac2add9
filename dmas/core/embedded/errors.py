"""What the launcher says when it cannot give you a database."""

from __future__ import annotations

from dmas.core.errors import Misconfigured

WAY_OUT = "Or set DATABASE_URL to a PostgreSQL 15 (or newer) server of your own."


class EmbeddedServerError(Misconfigured):
    """The embedded server cannot be used here; the message says why, and names the way out."""

    def __init__(self, message: str) -> None:
        super().__init__(f"{message} {WAY_OUT}")
