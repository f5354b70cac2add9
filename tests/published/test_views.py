"""Comparing waits in the browser, without signing in."""

from __future__ import annotations

from tests.browsing import Browsing


def _compare(browsing: Browsing, **changes: str) -> str:
    """Answer the form and return where it leads."""
    answers = {"postcode": "b15 2tt", "service": "C_110"} | changes
    location = browsing.post("/compare", answers).location
    assert location
    return location


def test_a_postcode_is_asked_for_and_never_shown_or_kept_whole(
    browsing: Browsing, near: dict[str, str]
) -> None:
    start = browsing.get("/compare?service=110")
    assert start.heading == "Compare waits near you"
    assert start.form("/compare")["service"] == ["C_110"]
    location = _compare(browsing)
    assert location == "/compare?service=C_110&within=50"
    page = browsing.get(location)
    assert page.heading == "Compare waits: trauma and orthopaedics"
    with browsing.client.session_transaction() as kept:
        assert kept["near"] == "B15"
        assert "2TT" not in str(dict(kept)).upper()
    assert "2TT" not in page.html.upper()


def test_everybody_near_is_listed_drawn_and_in_the_file(browsing: Browsing, near: dict[str, str]) -> None:
    page = browsing.get(_compare(browsing))
    text = " ".join(page.text.split())
    assert "treated in April 2026" in text
    assert "2 providers" in text
    assert text.index("University Hospitals of the Example NHS Trust (NHS)") < text.index("(Independent)")
    assert "St Mary's Hospital" in text
    assert "over 104 weeks" in text
    assert len([one for one in page.elements if one.tag == "circle"]) == 1
    assert "2 providers by distance and usual wait" in page.html
    everywhere = browsing.get("/compare?service=110&sort=distance&format=csv").html.splitlines()
    assert [line.split(",")[8] for line in everywhere[1:]] == [near["trust"], near["clinic"], "RXX"]
    assert "0.7,5 weeks,30 weeks,200,Good,NHS" in everywhere[1]


def test_filters_and_order_stand_in_the_address(browsing: Browsing, near: dict[str, str]) -> None:
    _compare(browsing)
    private = browsing.get("/compare?service=C_110&sector=independent&care=admitted").text
    assert "Oak Clinic" in private
    assert "St Mary" not in private
    nobody = browsing.get("/compare?service=C_110&within=10&sector=independent")
    assert "Nobody within 10 miles. The nearest is Example S" in nobody.text.replace("EXAMPLE", "Example")
    assert "/compare?service=C_110&amp;sector=independent" in nobody.html
    assert "This page is past the end" in browsing.get("/compare?service=C_110&page=9").text
    best = browsing.get("/compare?service=C_110&sort=rating").text
    assert best.index("Outstanding (whole provider)") < best.index("Good") < best.index("Not known")
    scans = browsing.get("/compare?service=MRI").text
    assert "waiting for this test at the end of March 2026" in " ".join(scans.split())
    assert "published for other surgical services together" in browsing.get("/compare?service=104").text


def test_what_cannot_be_compared_is_said_kindly(browsing: Browsing, near: dict[str, str]) -> None:
    for typed, said in (
        ({"postcode": ""}, "Enter your postcode, or its first half."),
        ({"postcode": "Leeds"}, "Enter a postcode in the correct format"),
        ({"postcode": "ZZ9 9ZZ"}, "We do not know where this postcode is."),
        ({"service": "110"}, "Choose a specialty or a test."),
    ):
        answers = {"postcode": "B15", "service": "MRI"} | typed
        assert said in browsing.post("/compare", answers, status=422).text
    assert browsing.get("/compare?service=C_110").heading == "Compare waits near you"
    _compare(browsing, service="C_430")
    assert "No provider reported this service" in browsing.get("/compare?service=C_430").text
    assert browsing.get("/compare?service=nonsense").heading == "Compare waits near you"
