"""The blueprint that the pages of tests are on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("diagnostics", __name__, template_folder="../templates")
