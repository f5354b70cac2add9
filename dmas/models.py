"""Every room's tables, imported for their sake: what migrations compare and foreign keys resolve against."""

from __future__ import annotations

from dmas.accounts import models as accounts
from dmas.core import audit, idempotency
from dmas.core.db import Base
from dmas.diagnostics import models as diagnostics
from dmas.matching import models as matching
from dmas.notifications import models as notifications
from dmas.offers import models as offers
from dmas.proposals import models as proposals
from dmas.providers import models as providers
from dmas.published import models as published
from dmas.requests import models as requests
from dmas.transfers import models as transfers
from dmas.uploads import models as uploads
from dmas.waitinglist import models as waitinglist

__all__ = [
    "accounts",
    "audit",
    "diagnostics",
    "idempotency",
    "matching",
    "metadata",
    "notifications",
    "offers",
    "proposals",
    "providers",
    "published",
    "requests",
    "transfers",
    "uploads",
    "waitinglist",
]

metadata = Base.metadata
