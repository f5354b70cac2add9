"""The blueprint that the pages of cases are on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("cases", __name__, template_folder="../templates")
