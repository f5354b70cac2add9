"""An offer's limits against the people of a line, field by field, and against one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dmas.catalogue.rules import ages_of
from dmas.catalogue.vocabulary.treatment_functions import ADULT_FROM_AGE, AgeGroup
from dmas.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Limits:
    """Whom an offer takes; None is no limit."""

    min_age: int | None
    max_age: int | None
    max_asa: int | None
    max_bmi: float | None
    sex: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The people of a line as the receiver may know them; None is not known, for sex it is either."""

    age_from: int
    age_to: int
    worst_asa: int | None
    worst_bmi: float | None
    sex: str | None


@dataclass(frozen=True, slots=True)
class Fit:
    """One limit against what is asked: `fits` is None where it is not known."""

    name: str
    asked: str
    limit: str
    fits: bool | None


def limits_of(
    *,
    service: str,
    min_age: int | None,
    max_age: int | None,
    max_asa: int | None,
    max_bmi: float | None,
    sex: str | None,
) -> Limits:
    """Return an offer's limits; an adult service starts at 18, a children's one ends at 17, a test says."""
    ages = ages_of(service)
    if min_age is None and ages is AgeGroup.ADULT:
        min_age = ADULT_FROM_AGE
    if max_age is None and ages is AgeGroup.CHILD:
        max_age = ADULT_FROM_AGE - 1
    return Limits(min_age, max_age, max_asa, max_bmi, sex)


def fits(group: Group, limits: Limits) -> list[Fit]:
    """Return the fit of a line with an offer's limits, field by field."""
    return [
        _age_fit(group, limits),
        _most_fit("Worst ASA grade", group.worst_asa, limits.max_asa),
        _most_fit("Worst BMI", group.worst_bmi, limits.max_bmi),
        _sex_fit(group.sex, limits.sex),
    ]


def still_fits(group: Group, limits: Limits) -> bool:
    """Say whether nothing about a line breaks a limit; unknown values are asked, not refused."""
    return all(fit.fits is not False for fit in fits(group, limits))


def _age_fit(group: Group, limits: Limits) -> Fit:
    low, high = limits.min_age, limits.max_age
    ok = (low is None or group.age_from >= low) and (high is None or group.age_to <= high)
    if high is not None:
        limit = f"{low or 0} to {high}"
    else:
        limit = f"{low} and over" if low is not None else "No limit"
    asked = f"{group.age_from}" if group.age_from == group.age_to else f"{group.age_from} to {group.age_to}"
    return Fit("Age", asked, limit, ok)


def _most_fit(name: str, worst: float | None, most: float | None) -> Fit:
    if most is None:
        return Fit(name, "Not known" if worst is None else f"{worst:g}", "No limit", True)
    if worst is None:
        return Fit(name, "Not known", f"Up to {most:g}", None)
    return Fit(name, f"{worst:g}", f"Up to {most:g}", worst <= most)


def _sex_fit(asked: str | None, only: str | None) -> Fit:
    words = {"F": "Women", "M": "Men"}
    if only is None:
        return Fit("Sex", words.get(asked or "", "Any"), "Any", True)
    return Fit(
        "Sex", words.get(asked or "", "Any"), f"{words[only]} only", None if asked is None else asked == only
    )


def age_on(born: date, day: date) -> int:
    """Return the age in whole years on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def check_limits(
    limits: Limits, *, born: date, asa: int | None, bmi: float | None, sex: str, today: date
) -> None:
    """Raise InvalidInput, with the field, for the first limit of the offer that a person does not meet."""
    age = age_on(born, today)
    if limits.min_age is not None and age < limits.min_age:
        raise InvalidInput(f"This offer takes people of {limits.min_age} and over.", field="date_of_birth")
    if limits.max_age is not None and age > limits.max_age:
        raise InvalidInput(
            f"This offer takes people up to the age of {limits.max_age}.", field="date_of_birth"
        )
    if limits.sex is not None and sex != limits.sex:
        raise InvalidInput(f"This offer takes {'women' if limits.sex == 'F' else 'men'} only.", field="sex")
    _check_most(asa, limits.max_asa, "ASA grade", "asa")
    _check_most(bmi, limits.max_bmi, "BMI", "bmi")


def _check_most(value: float | None, most: float | None, name: str, field: str) -> None:
    if most is None:
        return
    if value is None:
        raise InvalidInput(f"Enter the {name}: this offer takes up to {most:g}.", field=field)
    if value > most:
        raise InvalidInput(f"{name} {value:g} is over this offer's limit of {most:g}.", field=field)
