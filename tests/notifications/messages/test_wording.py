"""What may stand in a message at all."""

from __future__ import annotations

import pytest

from dmas.notifications.messages import wording


@pytest.mark.parametrize(
    ("path", "subject", "body", "text", "complaint"),
    [
        ("/home", "Hello {reference}", "Text", "", "constant"),
        ("/home", "Two\nlines", "Text", "", "constant"),
        ("/home", "", "Text", "", "constant"),
        ("/home", "Hello", "Dear {name}", "", "name may not stand"),
        ("/home/{invitation}", "Hello", "Text", "", "may hold a code"),
        ("/home", "Hello", "Text", "Reference {reference}", "says more"),
    ],
)
def test_words_that_could_carry_what_they_may_not_are_refused(
    path: str, subject: str, body: str, text: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        wording.template("a_new_one", path, subject, body, text)


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("2b1e6e1e-4a57-4b0e-8e0e-6f1f0f6e2d11", True),
        ("2B1E6E1E-4A57-4B0E-8E0E-6F1F0F6E2D11", False),
        ("Robin Example", False),
        (None, False),
    ],
)
def test_an_invitation_is_an_id_and_nothing_else(value: object, fits: bool) -> None:
    assert wording.VALUES["invitation"].fits(value) is fits
