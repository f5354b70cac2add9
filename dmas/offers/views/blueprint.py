"""The blueprint that the pages of offers are on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("offers", __name__, template_folder="../templates")
