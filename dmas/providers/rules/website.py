"""How rows of the NHS website's list of hospitals are read: 22 columns between ¬ signs, Windows-1252."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dmas.core.errors import InvalidInput
from dmas.providers.rules.reading import normal_postcode

_CODE = re.compile(r"^[A-Z0-9]{3,9}$")
_WANTED = ("OrganisationCode", "OrganisationName", "Postcode", "Latitude", "Longitude",
           "ParentODSCode", "ParentName")  # fmt: skip
_NHS = re.compile(r"\bNHS\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HospitalRow:
    """One hospital: its site code, whose it is, and where; no coordinates where the file has none."""

    code: str
    name: str
    parent_code: str
    parent_name: str
    postcode: str | None
    latitude: float | None
    longitude: float | None

    @property
    def parent_is_nhs(self) -> bool:
        """Say whether it belongs to an NHS trust: its sector does not tell, the trust's name does."""
        return _NHS.search(self.parent_name) is not None


def hospital_columns(header: Sequence[str]) -> Mapping[str, int]:
    """Return where each column stands that we read; raise InvalidInput naming those missing."""
    names = [name.strip().lower() for name in header]
    missing = [name for name in _WANTED if name.lower() not in names]
    if missing:
        raise InvalidInput(
            f"This is not the NHS website's list of hospitals: {', '.join(missing)} missing from line 1."
            " Its columns stand between ¬ signs; save it as it was downloaded."
        )
    return {name: names.index(name.lower()) for name in _WANTED}


def read_hospital(cells: Sequence[str], columns: Mapping[str, int]) -> HospitalRow:
    """Read one row; raise InvalidInput with the reason it cannot be taken."""
    if len(cells) <= max(columns.values()):
        raise InvalidInput(f"only {len(cells)} columns")
    said = {name: " ".join(cells[at].split()) for name, at in columns.items()}
    code, parent = said["OrganisationCode"].upper(), said["ParentODSCode"].upper()
    if not _CODE.match(code):
        raise InvalidInput(f"{code[:20]!r} is not a site code")
    if not _CODE.match(parent):
        raise InvalidInput(f"{code} does not say whose it is")
    if not said["OrganisationName"]:
        raise InvalidInput(f"{code} has no name")
    latitude, longitude = _degrees(code, said["Latitude"], said["Longitude"])
    return HospitalRow(
        code=code,
        name=said["OrganisationName"],
        parent_code=parent,
        parent_name=said["ParentName"] or said["OrganisationName"],
        postcode=normal_postcode(said["Postcode"]),
        latitude=latitude,
        longitude=longitude,
    )


def _degrees(code: str, north: str, east: str) -> tuple[float, float] | tuple[None, None]:
    """Read both coordinates, also as Excel writes small ones (-8.8975E-2); neither where both are empty."""
    if not north and not east:
        return None, None
    try:
        latitude, longitude = float(north), float(east)
    except ValueError:
        raise InvalidInput(f"{code} has no latitude and longitude in degrees") from None
    if not (49 <= latitude <= 61.5 and -9 <= longitude <= 2.5):
        raise InvalidInput(f"{code} does not lie in the United Kingdom")
    return latitude, longitude
