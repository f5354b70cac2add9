"""From files to tables: rows stream into a temporary table, are checked there and stored together."""

from dmas.providers.loading.files import (
    ORGANISATION,
    ORGANISATION_COLUMNS,
    OUTCODE,
    SITE,
    SITE_COLUMNS,
    STAGED,
    STAGED_OUTCODES,
    Known,
    known,
    place_by_outcode,
    read_ods,
    stage_ods,
    stage_outcodes,
)
from dmas.providers.loading.website import Held, held_places, read_hospitals, stage_hospitals

__all__ = [
    "ORGANISATION",
    "ORGANISATION_COLUMNS",
    "OUTCODE",
    "SITE",
    "SITE_COLUMNS",
    "STAGED",
    "STAGED_OUTCODES",
    "Held",
    "Known",
    "held_places",
    "known",
    "place_by_outcode",
    "read_hospitals",
    "read_ods",
    "stage_hospitals",
    "stage_ods",
    "stage_outcodes",
]
