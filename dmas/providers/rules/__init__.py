"""How the publishers' rows are read, and which board a place belongs to: decisions on values alone."""

from dmas.providers.rules.boards import SPLITS, board_after, board_of_place
from dmas.providers.rules.lists import RatingRow, SuccessionRow, list_columns, read_rating, read_succession
from dmas.providers.rules.reading import (
    ODS_COLUMNS,
    IcbColumns,
    OdsRow,
    OutcodeColumns,
    icb_columns,
    normal_postcode,
    ods_shape_problem,
    outcode_columns,
    outcode_of,
    read_day,
    read_ods_row,
    read_outcode,
    recognise,
)
from dmas.providers.rules.website import HospitalRow, hospital_columns, read_hospital

__all__ = [
    "ODS_COLUMNS",
    "SPLITS",
    "HospitalRow",
    "IcbColumns",
    "OdsRow",
    "OutcodeColumns",
    "RatingRow",
    "SuccessionRow",
    "board_after",
    "board_of_place",
    "hospital_columns",
    "icb_columns",
    "list_columns",
    "normal_postcode",
    "ods_shape_problem",
    "outcode_columns",
    "outcode_of",
    "read_day",
    "read_hospital",
    "read_ods_row",
    "read_outcode",
    "read_rating",
    "read_succession",
    "recognise",
]
