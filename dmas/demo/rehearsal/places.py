"""Where providers are, as far as it is known: their own coordinates, else about the middle of their ICB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dmas.providers.vocabulary import CURRENT_ICBS, FORMER_ICBS

# Degrees north and east of the main town or the middle of each integrated care board; good to some miles.
ICB_MIDDLES: Mapping[str, tuple[float, float]] = {
    "QMF": (51.56, 0.05), "QKK": (51.46, -0.01), "QWE": (51.40, -0.22), "Z9B2Z": (51.54, -0.25),
    "S1Y5D": (52.10, -0.20), "D7T5G": (51.73, 0.60), "T6Y0W": (52.45, 1.10),
    "QHL": (52.47, -1.85), "QUA": (52.53, -2.08), "QWU": (52.38, -1.50), "QJ2": (52.98, -1.50),
    "QGH": (52.15, -2.45), "QK1": (52.65, -1.12), "QJM": (53.10, -0.35), "QPM": (52.28, -0.85),
    "QT1": (53.03, -1.15), "QOC": (52.68, -2.65), "QNC": (52.85, -2.05),
    "QOQ": (53.85, -0.75), "QHM": (54.85, -1.65), "QF7": (53.45, -1.35), "QWO": (53.75, -1.65),
    "QYG": (53.35, -2.85), "QOP": (53.48, -2.25), "QE1": (53.85, -2.70),
    "QRL": (50.95, -1.25), "QKS": (51.25, 0.65), "S9B9J": (51.05, -0.30), "S0E4D": (51.55, -1.00),
    "QOX": (51.35, -2.05), "QUY": (51.45, -2.60), "QT6": (50.35, -4.90), "QJK": (50.70, -3.70),
    "QVV": (50.77, -2.05), "QR1": (51.87, -2.20), "QSL": (51.05, -2.85),
}  # fmt: skip


_CURRENT = {board.code: board for board in CURRENT_ICBS}
_BOARDS = _CURRENT | {former.code: _CURRENT[former.successors[0]] for former in FORMER_ICBS}


@dataclass(frozen=True, slots=True)
class Place:
    """A provider of the published figures with its place; `approximate` where only its ICB is known."""

    code: str
    name: str
    independent: bool
    icb: str
    region: str
    latitude: float
    longitude: float
    approximate: bool


def locate(code: str, name: str, icb: str | None, known: Mapping[str, tuple[float, float]]) -> Place | None:
    """Return a provider's place, or None where its ICB is not known; a merged ICB stands for its successor.

    `known` holds coordinates by provider or site code. An NHS trust has a three-character code that begins
    with R or T; what else reports does so by site and is independent.
    """
    board = _BOARDS.get(icb or "")
    if board is None:
        return None
    at = known.get(code)
    latitude, longitude = at or ICB_MIDDLES[board.code]
    return Place(
        code=code,
        name=name,
        independent=not (len(code) == 3 and code[0] in "RT"),
        icb=board.code,
        region=board.region_code,
        latitude=latitude,
        longitude=longitude,
        approximate=at is None,
    )
