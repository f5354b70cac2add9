"""The blueprint of requests."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("requests", __name__, template_folder="../templates")
