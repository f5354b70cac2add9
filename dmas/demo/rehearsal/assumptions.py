"""Every number of a rehearsal that is not published, and the words in which the report owns up to it."""

from __future__ import annotations

from collections.abc import Iterator

# Who asks, and how far along they are.
OWN_SHARE = 0.6  # of those asking, the share who ask themselves; the rest stand in their trust's request
INPATIENT_SHARE = 0.35
BANDS = ((40, 44), (44, 48), (48, 52), (52, 56), (56, 60), (60, 65), (65, 78), (78, 104), (104, 156))
TEST_BANDS = ((6, 8), (8, 10), (10, 13), (13, 26))
TRAVEL: tuple[tuple[int | None, float], ...] = ((25, 0.3), (50, 0.4), (100, 0.2), (None, 0.1))
CASE_MIX = ((2, 30.0, 0.5), (3, 35.0, 0.3), (3, 42.0, 0.2))

# Where people live.
HOME_KM = 12.0
SAME_REGION = 0.93

# What a person is like.
AGE, AGE_SPREAD = 58, 20
ASA_SHARES = (0.25, 0.45, 0.25, 0.05)
BMI, BMI_SPREAD = 29.0, 6.0
NOT_MEASURED = 0.03
URGENT_SHARE = 0.15
SHORT_NOTICE_SHARE = 0.15
BY_LETTER_SHARE = 0.2

# What is offered.
ROOM_AT_LEAST, ROOM_BELOW = 50, 0.02
OFFERED = (0.02, 0.10)
LAST_DAYS = (42, 84)
INDEPENDENT_LIMITS = ((2, 35.0), (3, 40.0))
OFFERED_AGAIN_DAYS = 28

# What happens to a place that is held.
RECEIVER_NO, RECEIVER_SILENT = 0.07, 0.03
TRUST_NO, NOT_NAMED = 0.05, 0.10
STAYS, DECLINES, SILENT = 0.10, 0.10, 0.05
CONFIRMED_DAYS = (5, 10)  # working days from a yes to the receiver's confirmation
RETURNED = 0.02
NOTICE_DAYS = 21  # least days from the confirmation to the treatment
RESUMES_DAYS = 7  # a provider suspended for its lapses comes back

CHILDREN = "X04"  # the one published group that is for children
WOMEN = "502"


def figures() -> Iterator[str]:
    """Yield what is assumed of who asks, where they live and what is offered."""
    yield "Each person who waits over 40 weeks (6 for a test) asks with the stated uptake, each alone."
    yield (
        f"Of those who ask, {OWN_SHARE:.0%} ask themselves, one place each; the others stand in their trust's"
        " requests, in lines of people alike. Everybody has been found suitable by a clinician."
    )
    yield (
        "The share with a decision to admit is the published one (part 2A of part 2) of the same cell;"
        f" {INPATIENT_SHARE:.0%} of it needs a bed overnight, the rest is day case."
    )
    yield (
        f"Homes: postcode districts around the home provider, each weighing exp(-distance / {HOME_KM:g} km),"
        f" {SAME_REGION:.0%} of them in its region; without loaded districts, as far in any direction."
        " People in a trust's request stand at the trust."
    )
    yield "Travel: 30% up to 25 miles, 40% up to 50, 20% up to 100, 10% anywhere, in a straight line."
    yield (
        f"Age about {AGE} (spread {AGE_SPREAD}, 18 to 100), half of each sex, women only in gynaecology;"
        f" ASA 1 to 4 {_shares(ASA_SHARES)}; BMI about {BMI:g} (spread {BMI_SPREAD:g});"
        f" {NOT_MEASURED:.0%} have no recent measure. A trust's lines: half at worst ASA 2 and BMI 30, three"
        " in ten ASA 3 and BMI 35, two in ten ASA 3 and BMI 42."
    )
    yield f"Paediatrics ({CHILDREN}) is for people up to 17 and goes to children's places only."
    yield (
        f"{URGENT_SHARE:.0%} of those who ask themselves are P3 or D3, everybody else P4 or D4; over 364"
        f" days (91 for a test) is tier 3. {SHORT_NOTICE_SHARE:.0%} can come at short notice."
    )
    yield "A provider whose own place is not loaded stands in the middle of its ICB."
    yield (
        f"A provider has room in a service with at least {ROOM_AT_LEAST} waiting and under {ROOM_BELOW:.0%}"
        f" of them over 40 weeks (6 for a test); it offers {OFFERED[0]:.0%} to {OFFERED[1]:.0%} of a month's"
        f" completed pathways, to be booked for {LAST_DAYS[0]} to {LAST_DAYS[1]} days, and as much again"
        f" every {OFFERED_AGAIN_DAYS} days."
    )
    yield "Independent providers limit ASA to 2 or 3 and BMI to 35 or 40; trusts state no limit."
    yield "Who waits when the exchange opens searches the nation at once; who comes later passes the rings."


def weeks(hazard: float, tests_hazard: float | None) -> Iterator[str]:
    """Yield what is assumed of the nights that follow; the hazards are shares treated at home in a week."""
    yield "As many cross 40 weeks in a week as stand in their 41st in the figures (for a test, 6 and 7)."
    yield (
        f"{hazard:.1%} of those over 40 weeks leave a list each week without the exchange: how much smaller"
        " each week's band is than the one before it, from the 41st to the 53rd."
        + (f" For tests {tests_hazard:.1%}." if tests_hazard is not None else "")
    )
    yield (
        f"Receivers decline {RECEIVER_NO:.0%} of proposals; {RECEIVER_SILENT:.0%} of offers get no answer to"
        f" a night's proposals. The third lapse in 28 days suspends an offer, for {RESUMES_DAYS} days."
    )
    yield (
        f"A trust leaves {TRUST_NO:.0%} of what receivers accept, and names nobody for {NOT_NAMED:.0%} of the"
        " places it takes."
    )
    yield (
        f"Of people asked, {STAYS:.0%} stay where they are, {DECLINES:.0%} decline and search on,"
        f" {SILENT:.0%} are silent; the rest say yes, on any day within the time they have"
        f" ({BY_LETTER_SHARE:.0%} are written to). One option a person is modelled, so choice is understated."
    )
    yield (
        f"The receiver confirms {CONFIRMED_DAYS[0]} to {CONFIRMED_DAYS[1]} working days after the yes;"
        f" {RETURNED:.0%} come back. Treatment is {NOTICE_DAYS} days later or more, within the offer."
    )


def _shares(shares: tuple[float, ...]) -> str:
    return ", ".join(f"{share:.0%}" for share in shares)
