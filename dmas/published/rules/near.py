"""Where somebody looks from: only the district of a postcode is ever kept."""

from __future__ import annotations

import re

from dmas.providers.rules import normal_postcode, outcode_of

_OUTCODE = re.compile(r"^[A-Z]{1,2}[0-9][A-Z0-9]?$")


def outcode_typed(text: str) -> str | None:
    """Return the district of a postcode, whole or only its first half, or None where it is neither."""
    whole = outcode_of(normal_postcode(text))
    bare = re.sub(r"\s+", "", text).upper()
    return whole or (bare if _OUTCODE.match(bare) else None)
