"""The blueprint that the pages of waits are on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("waitinglist", __name__, template_folder="../templates")
