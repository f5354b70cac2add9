"""Which passwords are refused: too short, too long, too well known, or made of what everybody can see.

No rule asks for digits or capitals: length is what protects.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

SHORTEST, LONGEST = 12, 128
LEFT_OVER = 8  # characters a password must have besides the person's and the service's names
SHORTEST_WORD = 3
LONGEST_UNIT = 4  # "abcabcabcabc" is one short unit again and again

SERVICE_WORDS = ("digitalmutualaid", "mutualaid", "dmas")

TOO_SHORT = f"Password must be {SHORTEST} characters or more. Three or four words together work well."
TOO_LONG = f"Password must be {LONGEST} characters or fewer."
TOO_COMMON = "This password is one of the first that others would try. Choose a different one."
TOO_CLOSE = (
    "Password must not be made of your name, your email address or the name of this service."
    " Add words that have nothing to do with you."
)

# The most used passwords that are long enough to pass: letters and digits only, in lower case.
_COMMON = """
    0123456789012 098765432109 100200300400 102030405060 112233445566 123123123123 123321123321 123456123456
    123456654321 123456789012 1234567890123 12345678901234 123456789015 123456789abc 123456789qwe 1234qwerasdf
    1234qwerasdfzxcv 1a2b3c4d5e6f 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1qaz2wsx3edc 1qaz2wsx3edc4rfv
    1qazxsw23edc 1qazxsw23edcvfr4 a1b2c3d4e5f6 a1s2d3f4g5h6 abcdefghijkl abcdefghijklm abcdefghijklmnop
    abcdefghijklmnopqrstuvwxyz administrator anotherpassword asdfghjklqwe asdfghjklqwertyuiop asdfghjklzxc
    changemeplease correcthorsebatterystaple defaultpassword forgotpassword iforgotmypassword iforgotpassword
    iloveyouforever iloveyousomuch letmeinplease manchestercity manchesterunited masterpassword mypasswordis
    q1w2e3r4t5y6 q1w2e3r4t5y6u7 qazwsxedcrfv qazwsxedcrfvtgb qqqwwweeerrr qweasdzxcqwe qwer1234asdf
    qwerasdfzxcv qwertyasdfgh qwertyasdfzxcv qwertyuiopas qwertyuiopasdf qwertyuiopasdfgh qwertyuiopasdfghjkl
    qwertyuiopasdfghjklzxcvbnm secretpassword strongpassword temporarypassword thisisapassword
    thisismypassword thisisnotapassword tottenhamhotspur trustno1trustno1
    welcometonhs yourpassword zaq12wsxcde3 zaq1xsw2cde3
    zxcvbnmasdfgh zxcvbnmasdfghjkl
"""
COMMON = frozenset(_COMMON.split())

# Words that are a common password whatever digits stand before or after them.
_STEMS = """
    abc abcd abcdef admin arsenal asdf asdfghjkl basketball butterfly changeme chelsea chocolate computer
    everton football hospital iloveyou letmein liverpool liverpoolfc login manchester mypassword newpassword
    nhs nhspassword nopassword p pass password princess qazwsx qwe qwer qwerty qwertyuiop rangers secret
    spring summer autumn winter starwars sunshine superman temp temporary test testing testpassword welcome
    whatever
    january february march april may june july august september october november december zxcvbnm
"""
STEMS = frozenset(_STEMS.split())
LOOKALIKES = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t"})


def canonical(password: str) -> str:
    """Return a password in the one form that is hashed, so that two keyboards type the same one."""
    return unicodedata.normalize("NFC", password)


def objection(password: str, *, email: str, name: str) -> str | None:
    """Return why a password may not be used, in words for the person, or None when it may."""
    password = canonical(password)
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    plain = _plain(password)
    if _is_common(plain) or _is_repeated(password.casefold()):
        return TOO_COMMON
    if _left_over(plain, _words(email, name)) < LEFT_OVER:
        return TOO_CLOSE
    return None


def _plain(text: str) -> str:
    """Return letters and digits only, in lower case; a password of other signs alone stays as it is."""
    return "".join(character for character in text.casefold() if character.isalnum()) or text


def _is_common(plain: str) -> bool:
    stem = plain.strip("0123456789").translate(LOOKALIKES)
    half = stem[: len(stem) // 2]
    return plain in COMMON or stem in STEMS or (half in STEMS and half * 2 == stem) or _is_repeated(plain)


def _is_repeated(text: str) -> bool:
    return any(
        len(text) > unit and (text[:unit] * len(text))[: len(text)] == text
        for unit in range(1, LONGEST_UNIT + 1)
    )


def _words(email: str, name: str) -> list[str]:
    """Return the words others know, longest first."""
    local, _, domain = email.casefold().partition("@")
    whole = (local, domain, name.casefold(), f"{local}{domain}")
    parts = [part for text in whole for part in re.split(r"[\W\d_]+", text)]
    found = {_plain(text) for text in (*whole, *parts, *SERVICE_WORDS) if text}
    return sorted((word for word in found if len(word) >= SHORTEST_WORD), key=lambda word: (-len(word), word))


def _left_over(plain: str, words: Iterable[str]) -> int:
    """Count what remains without the known words; a password that has none of them is left whole."""
    rest = plain
    for word in words:
        rest = rest.replace(word, "")
    return len(rest) if rest != plain else max(len(plain), LEFT_OVER)
