"""What every template may use: addresses of static files, the navigation, and the state of the site."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for
from flask_login import current_user

from dmas.settings import Settings
from dmas.web import navigation


@cache
def fingerprint(file: Path, _changed: float) -> str:
    """Return a short mark of a file's content; the time of its last change is part of the cache key."""
    return sha256(file.read_bytes()).hexdigest()[:12]


def static_url(name: str) -> str:
    """Return the address of a static file, with its fingerprint so that browsers may keep it for a year."""
    file = Path(current_app.static_folder or "") / name
    if not file.is_file():
        return url_for("static", filename=name)
    return url_for("static", filename=name, v=fingerprint(file, file.stat().st_mtime))


def context() -> dict[str, Any]:
    """Return what each page's template finds beside its own values."""
    settings: Settings = current_app.config["SETTINGS"]
    return {"demo": settings.demo, "current_user": current_user}


def init_app(app: Flask) -> None:
    """Give an app's templates what the layout needs."""
    app.context_processor(context)
    app.jinja_env.globals.update(
        static_url=static_url,
        navigation_links=navigation.header,
        footer_links=navigation.footer,
        page_exists=navigation.exists,
    )
