"""Filling the reference data: one transaction of the caller each, and a second time changes nothing."""

from dmas.providers.services.boards import settle_boards
from dmas.providers.services.files import import_icbs, import_ods, import_outcodes, load_england
from dmas.providers.services.lists import import_ratings, import_successions
from dmas.providers.services.website import import_hospitals

__all__ = [
    "import_hospitals",
    "import_icbs",
    "import_ods",
    "import_outcodes",
    "import_ratings",
    "import_successions",
    "load_england",
    "settle_boards",
]
