"""Reading a problem: every fault is refused with its path, and order in means nothing."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dmas.matching.engine import problem as problem_module
from dmas.matching.engine.problem import ProblemError, parse
from dmas.matching.engine.rows import NATIONAL, NO_DATE, NONE, REGION
from tests.matching.engine.invented import Json, example, offer, problem, request, site

HUGE = 10**400


def _refused(value: Any) -> str:
    with pytest.raises(ProblemError) as caught:
        parse(value)
    return str(caught.value)


def _changed(change: Callable[[Json], Any]) -> Json:
    value = copy.deepcopy(example())
    change(value)
    return value


def _set(path: str, new: Any) -> Json:
    """Return the example with one value, named by its path, replaced."""
    keys: list[Any] = [
        int(k) if k.isdigit() else k for k in path.replace("[", ".").replace("]", "").split(".")
    ]

    def change(value: Any) -> None:
        for key in keys[:-1]:
            value = value[key]
        value[keys[-1]] = new

    return _changed(change)


def test_columns_are_in_the_order_of_ids() -> None:
    read = parse(problem([site("S2"), site("S1")], [offer("B", site="S2"), offer("A")], []))
    assert read.sites.ids == ("S1", "S2")
    assert read.offers.ids == ("A", "B")
    assert read.offers.site.tolist() == [0, 1]


def test_nulls_and_travel_become_codes() -> None:
    travels = [{"national": True}, {"region": True}, {"miles": 7}]
    read = parse(
        problem([], [], [request(f"Q{i}", travel=travel) for i, travel in enumerate(travels)])
    ).requests
    assert read.travel.tolist() == [NATIONAL, REGION, 7]
    assert set(read.needed_by.tolist()) == {NO_DATE}
    for column in (read.age, read.asa, read.bmi, read.sex):
        assert set(column.tolist()) == {NONE}


def test_empty_lists_make_empty_columns() -> None:
    read = parse(problem([], [], []))
    assert read.sites.lat.dtype == np.float64
    assert read.offers.places.dtype == np.int64
    assert read.requests.ids == ()


@pytest.mark.parametrize("value", [None, [], "text", 3])
def test_a_problem_is_an_object(value: Any) -> None:
    assert _refused(value) == "problem: not an object"


@pytest.mark.parametrize("key", ["as_of", "policy", "sites", "offers", "requests"])
def test_every_key_of_the_top_is_required(key: str) -> None:
    assert _refused(_changed(lambda value: value.pop(key))) == f"{key}: missing"


@pytest.mark.parametrize(
    ("path", "parent"),
    [
        ("", ""),
        ("policy", "policy"),
        ("sites", "sites[1]"),
        ("offers", "offers[1]"),
        ("requests", "requests[1]"),
    ],
)
def test_unknown_keys_are_refused_by_name(path: str, parent: str) -> None:
    def change(value: Json) -> None:
        inner = value[path] if path else value
        (inner[1] if isinstance(inner, list) else inner)["colour"] = "red"

    assert _refused(_changed(change)) == f"{parent}.colour: unknown key".removeprefix(".")


@pytest.mark.parametrize("inner", ["offers[0].limits", "offers[0].accepts_from", "requests[0].patient"])
def test_inner_objects_have_exactly_their_keys(inner: str) -> None:
    value = example()
    name, rest = inner.split("[0].")
    value[name][0][rest]["colour"] = "red"
    assert _refused(value) == f"{inner}.colour: unknown key"
    del value[name][0][rest]["colour"]
    key = sorted(value[name][0][rest])[0]
    del value[name][0][rest][key]
    assert _refused(value) == f"{inner}.{key}: missing"
    assert _refused(_set(inner, [])) == f"{inner}: not an object"


@pytest.mark.parametrize(
    "path",
    [f"sites[0].{key}" for key in ("id", "provider", "region", "lat", "lon")]
    + [f"offers[1].{key}" for key in ("id", "site", "service", "setting", "from", "to", "places")]
    + ["offers[0].provides", "offers[0].limits", "offers[0].accepts_from", "policy.max_options", "as_of"]
    + [f"requests[4].{key}" for key in ("id", "provider", "icb", "region", "lat", "lon", "service")]
    + [f"requests[4].{key}" for key in ("setting", "places", "priority", "waiting_since", "travel")]
    + ["requests[4].needs", "requests[4].declined"],
)
def test_null_is_refused_where_it_is_not_allowed(path: str) -> None:
    assert _refused(_set(path, None)).startswith(f"{path}: not ")


@pytest.mark.parametrize(
    "path",
    ["requests[0].patient", "requests[0].needed_by", "offers[0].accepts_from.regions"]
    + ["offers[0].accepts_from.icbs"]
    + [f"offers[0].limits.{key}" for key in ("min_age", "max_age", "max_asa", "max_bmi", "sex")]
    + [f"requests[0].patient.{key}" for key in ("age", "asa", "bmi", "sex")],
)
def test_null_is_taken_where_it_is_allowed(path: str) -> None:
    assert parse(_set(path, None)).requests.ids == ("Q1", "Q2", "Q3", "Q4", "Q5")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("as_of", "2026-02-30", "not a date"),
        ("as_of", "20261121", "not a date"),
        ("as_of", "2026-W47-6", "not a date"),
        ("as_of", "2026-11-21T00:00", "not a date"),
        ("as_of", "٢٠٢٦-11-21", "not a date"),
        ("as_of", 20261121, "not a date"),
        ("policy", [], "not an object"),
        ("policy.max_options", 0, "not from 1 to 5"),
        ("policy.max_options", 6, "not from 1 to 5"),
        ("policy.max_options", True, "not a whole number"),
        ("sites", {}, "not a list"),
        ("sites[0]", "RGT", "not an object"),
        ("sites[0].id", "", "not a text of at least one character"),
        ("sites[0].id", "\ud800", "not a text of at least one character"),
        ("sites[0].id", 7, "not a text of at least one character"),
        ("sites[1].id", "RGT01", "given twice"),
        ("sites[0].lat", 48.99, "not from 49 to 61"),
        ("sites[0].lat", 61.01, "not from 49 to 61"),
        ("sites[0].lat", float("nan"), "not a number"),
        ("sites[0].lat", float("inf"), "not a number"),
        ("sites[0].lat", HUGE, "not from 49 to 61"),
        ("sites[0].lat", "52", "not a number"),
        ("sites[0].lat", True, "not a number"),
        ("sites[0].lon", -9.5, "not from -9 to 3"),
        ("offers[0].site", "XX", "no such site"),
        ("offers[0].setting", "ward", "not one of outpatient, day_case, inpatient, diagnostic"),
        ("offers[0].setting", [], "not one of outpatient, day_case, inpatient, diagnostic"),
        ("offers[0].from", "soon", "not a date"),
        ("offers[0].places", -1, "not from 0 to 100000"),
        ("offers[0].places", 100_001, "not from 0 to 100000"),
        ("offers[0].places", 10**12, "not from 0 to 100000"),
        ("offers[0].places", 1.0, "not a whole number"),
        ("offers[0].places", float("nan"), "not a whole number"),
        ("offers[0].limits.min_age", 131, "not from 0 to 130"),
        ("offers[0].limits.max_age", "old", "not a whole number"),
        ("offers[0].limits.max_asa", 6, "not from 1 to 5"),
        ("offers[0].limits.max_bmi", 4.9, "not from 5 to 150"),
        ("offers[0].limits.max_bmi", HUGE, "not from 5 to 150"),
        ("offers[0].limits.sex", "X", "not one of F, M"),
        ("offers[0].accepts_from.regions", "Y61", "not a list"),
        ("offers[0].accepts_from.icbs[0]", "", "not a list"),
        ("offers[0].provides", "hoist", "not a list"),
        ("requests[1].id", "Q1", "given twice"),
        ("requests[0].waiting_since", "2026-11-22", "after as_of"),
        ("requests[0].waiting_since", "yesterday", "not a date"),
        ("requests[0].needed_by", "never", "not a date"),
        ("requests[0].places", 10**12, "not from 0 to 100000"),
        ("requests[0].priority", 0, "not from 1 to 6"),
        ("requests[0].priority", 7, "not from 1 to 6"),
        ("requests[0].travel", {}, "not exactly one of miles, region, national"),
        ("requests[0].travel", {"miles": 5, "region": True}, "not exactly one of miles, region, national"),
        ("requests[0].travel", {"feet": 5}, "not exactly one of miles, region, national"),
        ("requests[0].travel", ["miles"], "not exactly one of miles, region, national"),
        ("requests[0].patient.age", 67.5, "not a whole number"),
        ("requests[0].patient.asa", 0, "not from 1 to 5"),
        ("requests[0].patient.bmi", float("nan"), "not a number"),
        ("requests[0].patient.sex", "f", "not one of F, M"),
        ("requests[0].needs", {}, "not a list"),
    ],
)
def test_a_wrong_value_is_refused_with_its_path(path: str, value: Any, message: str) -> None:
    if path.endswith("icbs[0]"):
        path, value = path.removesuffix("[0]"), "QKK"
    assert _refused(_set(path, value)) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        ("requests[2].travel", {"miles": 0}, "requests[2].travel.miles: not from 1 to 1000"),
        ("requests[2].travel", {"miles": 1001}, "requests[2].travel.miles: not from 1 to 1000"),
        ("requests[2].travel", {"miles": 2.5}, "requests[2].travel.miles: not a whole number"),
        ("requests[2].travel", {"region": False}, "requests[2].travel.region: not true"),
        ("requests[2].travel", {"national": 1}, "requests[2].travel.national: not true"),
        ("requests[2].needs", ["hoist", 3], "requests[2].needs[1]: not a text of at least one character"),
        ("requests[2].declined", [""], "requests[2].declined[0]: not a text of at least one character"),
        (
            "offers[1].accepts_from.regions",
            ["Y61", None],
            "offers[1].accepts_from.regions[1]: not a text of at least one character",
        ),
    ],
)
def test_a_wrong_value_deeper_in_is_refused_with_its_path(path: str, value: Any, error: str) -> None:
    assert _refused(_set(path, value)) == error


def test_texts_beyond_ascii_are_fine() -> None:
    assert parse(_set("sites[0].provider", "Ysbyty Gwynedd Môn")).sites.provider.tolist() == [0, 1]


@pytest.mark.parametrize("key", ["offers", "requests"])
def test_places_in_all_have_a_limit(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problem_module, "_MOST_IN_ALL", 5)
    value = example()
    value[key][0]["places"] = 5
    value["offers" if key == "requests" else "requests"] = []
    assert _refused(value) == f"{key}: more than 5 places in all"


def test_the_error_keeps_its_parts() -> None:
    error = ProblemError("places", "not a whole number").under("offers[2]")
    assert (error.path, error.message) == ("offers[2].places", "not a whole number")
    assert ProblemError("", "not an object").under("sites[0]").path == "sites[0]"
