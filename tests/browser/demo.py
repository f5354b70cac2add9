"""The whole demo, loaded for a fixed morning and served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy.engine import URL

from dmas import wiring
from dmas.app import create_app
from dmas.core.db import Database
from dmas.demo import loading
from dmas.settings import Environment, Settings
from tests.browser.serving import serving

# A Monday morning, so that the story's two nights are those of the weekend.
SECRET_KEY = "a-secret-of-the-demo-" + "x" * 20
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@contextmanager
def demo_served(url: URL) -> Iterator[str]:
    """Load the demo into a migrated database and serve it; yield its address."""
    wiring.install()
    loading.load(
        url.render_as_string(hide_password=False),
        secret_key=SECRET_KEY,
        base_url="http://localhost:8000",
        now=MORNING,
    )
    database = Database(url)
    app = create_app(
        Settings(
            environment=Environment.TEST,
            demo=True,
            secret_key=SECRET_KEY,
            log_level="WARNING",
        )
    )
    app.config["CLOCK"] = lambda: MORNING
    app.extensions["dmas_database"] = database
    try:
        with serving(app) as address:
            yield address
    finally:
        database.dispose()
