"""How somebody may be reached."""

from __future__ import annotations

import re


def is_mobile(phone: str) -> bool:
    """Say whether a number is a British mobile number, which can be texted."""
    return re.fullmatch(r"(\+44|0)7\d{9}", re.sub(r"[\s()-]", "", phone)) is not None
