"""Named errors."""

from __future__ import annotations

from dmas.core import errors


def test_every_refusal_is_one_of_ours() -> None:
    named = [one for one in vars(errors).values() if isinstance(one, type)]
    assert all(issubclass(one, errors.DmasError) for one in named)
    assert issubclass(errors.StaleEdit, errors.Conflict)
    assert issubclass(errors.NoLongerAvailable, errors.Conflict)
    assert not issubclass(errors.NotFound, errors.NotAllowed)


def test_wrong_input_names_its_field() -> None:
    error = errors.InvalidInput("Enter how many places", field="places")
    assert (str(error), error.field) == ("Enter how many places", "places")
    assert errors.InvalidInput("Nothing").field is None


def test_a_second_sending_knows_where_the_first_led() -> None:
    assert errors.AlreadyDone("/home").outcome == "/home"
