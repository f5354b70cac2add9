"""The weekly list: what is refused, what is put right, what applying it does, and what it never does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dmas.core import events
from dmas.core.actors import Actor
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import Conflict, NotAllowed, NotFound
from dmas.providers.models import Organisation
from dmas.uploads.models import Upload
from dmas.waitinglist import services
from dmas.waitinglist.commands import ApplyExtract, ConfirmList
from dmas.waitinglist.events import ExtractApplied
from dmas.waitinglist.models import ClockChange, Extract, Invitation, Pathway, Patient
from dmas.waitinglist.vocabulary import Confirm
from tests.factories.proposals import nhs_number, staff_of
from tests.factories.providers import make_icb, make_trust
from tests.factories.waitinglist import make_invitation
from tests.waitinglist.lists import WEEK, a_list, a_row

SYSTEM = Actor.system("tests")
NEXT, LAST = WEEK + timedelta(days=7), WEEK + timedelta(days=14)
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
Rows = Iterable[Mapping[str, Any]]


@pytest.fixture
def trust(database: Database) -> Organisation:
    """A trust whose lists these are."""
    with database.unit_of_work(SYSTEM) as session:
        return make_trust(session)


@pytest.fixture
def take(database: Database, trust: Organisation) -> Callable[..., Upload]:
    """Send a list and apply it at once: rows or a file, confirming what is named."""

    def do(rows: Rows | bytes, *confirmed: str, provider: str | None = None) -> Upload:
        file = rows if isinstance(rows, bytes) else a_list(rows)
        with database.unit_of_work(SYSTEM) as session:
            kept = services.receive_extract(session, provider or trust.code, file, actor=SYSTEM, now=NOW)
        with database.unit_of_work(SYSTEM) as session:
            command = ApplyExtract(kept.reference, None, confirmed)
            return services.take_extract(session, command, actor=SYSTEM, now=NOW)

    return do


@pytest.fixture
def held(database: Database) -> Callable[[type], list[Any]]:
    """Read every row of a table."""

    def do(model: type) -> list[Any]:
        with database.unit_of_work(SYSTEM) as session:
            return list(session.scalars(select(model)))

    return do


def why(upload: Upload) -> str:
    """Return why a list, or its first refused row, was refused."""
    assert upload.faults, upload.status
    return str(upload.faults[0]["message"])


def test_a_first_list_makes_people_and_their_waits(take, held, trust) -> None:
    rows = [a_row(trust.code), a_row(trust.code, waiting_list_type="ORTT", tci_date="")]
    assert take(rows).status == "applied"
    pathways = held(Pathway)
    assert {one.pathway_id for one in pathways} == {row["patient_pathway_identifier"] for row in rows}
    assert {one.list_type for one in pathways} == {"admitted", "non_admitted"}
    one = next(one for one in pathways if one.list_type == "admitted")
    assert (one.provider_code, one.icb_code, one.service) == (trust.code, trust.icb_code, "110")
    assert one.clock_start == WEEK - timedelta(weeks=50)
    assert (one.priority_code, one.told_on, one.absent_weeks) == ("P4", WEEK, 0)
    person = held(Patient)[0]
    assert person.date_of_birth == date(1966, 3, 14)
    assert person.icb_code == trust.icb_code
    assert (person.postcode, person.mobile) == ("B15 2GW", "07700 900123")


def test_the_same_list_a_week_later_changes_nothing_but_the_week(take, held, trust) -> None:
    rows = [a_row(trust.code) for _ in range(3)]
    take(rows)
    later = take([row | {"week_ending_date": NEXT} for row in rows])
    assert (later.counts["new"], later.counts["changed"], later.counts["unchanged"]) == (0, 0, 3)
    assert {one.version for one in held(Pathway)} == {1}
    assert {one.version for one in held(Patient)} == {1}
    assert len(held(Extract)) == 2


def test_changes_are_written_and_counted_and_clocks_recorded(take, held, trust) -> None:
    row = a_row(trust.code)
    take([row])
    heard: list[ExtractApplied] = []
    events.install({ExtractApplied: (lambda session, event, *, actor, now: heard.append(event),)})
    clock = WEEK - timedelta(weeks=60)
    changed = {
        "week_ending_date": NEXT,
        "referral_to_treatment_period_start_date": clock,
        "procedure_priority_code": "P3",
        "tci_date": NEXT + timedelta(days=20),
        "mobile": "07700 900999",
    }
    upload = take([row | changed])
    assert (upload.counts["changed"], upload.counts["clocks"], upload.counts["priorities"]) == (1, 1, 1)
    pathway = held(Pathway)[0]
    assert (pathway.clock_start, pathway.priority_code, pathway.version) == (clock, "P3", 2)
    moved = held(ClockChange)[0]
    assert (moved.clock_was, moved.clock_is) == (WEEK - timedelta(weeks=50), clock)
    assert held(Patient)[0].mobile == "07700 900999"
    (news,) = heard
    assert (news.raised, news.dated, news.ended, news.died) == ((pathway.id,), (pathway.id,), (), ())


def test_only_a_removal_with_reason_and_date_ends_a_wait(take, held, trust) -> None:
    row = a_row(trust.code)
    take([row])
    gone = {"week_ending_date": NEXT, "end_date": NEXT, "referral_to_treatment_period_status": "30"}
    assert take([row | gone]).counts["ended"] == 1
    pathway = held(Pathway)[0]
    assert (pathway.ended_on, pathway.ended_reason) == (NEXT, "30")


def test_a_wait_that_came_back_is_open_again_with_its_own_clock(take, held, trust) -> None:
    row = a_row(trust.code)
    take([row])
    take([row | {"week_ending_date": NEXT, "end_date": NEXT, "referral_to_treatment_period_status": "31"}])
    take([row | {"week_ending_date": LAST}])
    pathway = held(Pathway)[0]
    assert (pathway.ended_on, pathway.clock_start) == (None, WEEK - timedelta(weeks=50))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"end_date": WEEK}, "needs a date and a status"),
        ({"referral_to_treatment_period_status": "34"}, "needs a date and a status"),
        ({"end_date": "2020-01-01", "referral_to_treatment_period_status": "30"}, "ends before it starts"),
    ],
)
def test_a_removal_without_both_is_refused(take, trust, values: dict[str, Any], words: str) -> None:
    upload = take([a_row(trust.code, **values), a_row(trust.code)])
    assert upload.status == "checked"
    assert words in why(upload)


def test_a_removal_of_somebody_nobody_knew_makes_nothing(take, held, trust) -> None:
    gone = a_row(trust.code, end_date=WEEK, referral_to_treatment_period_status="30")
    take([gone, a_row(trust.code)])
    assert len(held(Pathway)) == 1


def test_absent_once_is_flagged_twice_counted_and_nothing_ends(take, held, trust) -> None:
    rows = [a_row(trust.code) for _ in range(4)]
    take(rows)
    first = take([row | {"week_ending_date": NEXT} for row in rows[:3]])
    assert (first.counts["absent"], first.counts["absent_again"]) == (1, 0)
    second = take([row | {"week_ending_date": LAST} for row in rows[:3]])
    assert (second.counts["absent"], second.counts["absent_again"]) == (0, 1)
    gone = next(one for one in held(Pathway) if one.absent_weeks)
    assert (gone.absent_weeks, gone.ended_on, gone.told_on) == (2, None, WEEK)


def test_who_is_back_is_absent_no_more(take, held, trust) -> None:
    rows = [a_row(trust.code) for _ in range(4)]
    take(rows)
    take([row | {"week_ending_date": NEXT} for row in rows[:3]])
    take([row | {"week_ending_date": LAST} for row in rows])
    assert {one.absent_weeks for one in held(Pathway)} == {0}


def test_a_refused_row_is_not_taken_for_an_absence(take, held, trust) -> None:
    rows = [a_row(trust.code) for _ in range(4)]
    take(rows)
    broken = rows[3] | {"date_of_birth": "31/02/1960"}
    later = [row | {"week_ending_date": NEXT} for row in [*rows[:3], broken]]
    take(later, Confirm.REFUSED_ROWS)
    assert {one.absent_weeks for one in held(Pathway)} == {0}


def test_a_list_more_than_30_per_cent_shorter_must_be_confirmed(take, held, trust) -> None:
    rows = [a_row(trust.code) for _ in range(10)]
    take(rows)
    seven = [row | {"week_ending_date": NEXT} for row in rows[:7]]
    assert take(seven).status == "applied"
    four = [row | {"week_ending_date": LAST} for row in rows[:4]]
    assert take(four).must_confirm == [Confirm.SHRINKAGE]
    assert len(held(Extract)) == 2
    assert take(four, Confirm.SHRINKAGE).status == "applied"
    assert [one.shrinkage_confirmed for one in held(Extract) if one.week_ending == LAST] == [True]


def test_another_providers_list_is_refused_whole(take, held, trust) -> None:
    upload = take([a_row("R0XX"), a_row("R0XX")])
    assert upload.status == "refused"
    assert "not the list of" in why(upload)
    assert held(Pathway) == []


def test_rows_of_another_provider_are_refused_one_by_one(take, held, trust) -> None:
    upload = take([a_row(trust.code), a_row("R0XX"), a_row(f"{trust.code}01")], Confirm.REFUSED_ROWS)
    assert upload.counts["refused"] == 1
    assert len(held(Pathway)) == 2


@pytest.mark.parametrize(
    ("week", "words"),
    [
        (date(2026, 11, 20), "A week ends on a Sunday, and this list says Friday 20 November 2026"),
        (date(2026, 12, 6), "a week that has not ended"),
        ("yesterday", "week ending date"),
        ("", "week ending date"),
    ],
)
def test_a_wrong_week_is_refused(take, trust, week: object, words: str) -> None:
    upload = take([a_row(trust.code, week_ending_date=week)])
    assert upload.status == "refused"
    assert words in why(upload)


def test_a_week_is_applied_once_and_never_before_a_later_one(take, trust) -> None:
    row = a_row(trust.code)
    take([row | {"week_ending_date": NEXT}])
    assert "applied already" in why(take([row | {"week_ending_date": NEXT}]))
    assert "a later one has been applied" in why(take([row]))


def test_two_weeks_in_one_list_are_refused(take, trust) -> None:
    upload = take([a_row(trust.code), a_row(trust.code, week_ending_date=NEXT)])
    assert "one week" in why(upload)


def test_a_pathway_that_stands_twice_is_taken_once(take, held, trust) -> None:
    row = a_row(trust.code)
    upload = take([row, row | {"procedure_priority_code": "P3"}], Confirm.REFUSED_ROWS)
    assert "stands in line 2" in why(upload)
    assert held(Pathway)[0].priority_code == "P4"


def test_two_people_with_one_number_are_both_refused(take, held, trust) -> None:
    number = nhs_number()
    rows = [
        a_row(trust.code, number=number),
        a_row(trust.code, number=number, date_of_birth="1970-01-01", patient_pathway_identifier="PWX"),
        a_row(trust.code),
    ]
    upload = take(rows, Confirm.REFUSED_ROWS)
    assert [fault["line"] for fault in upload.faults] == [2, 3]
    assert "two dates of birth" in why(upload)
    assert len(held(Patient)) == 1


def test_a_number_that_somebody_else_has_is_refused(take, held, trust) -> None:
    number = nhs_number()
    take([a_row(trust.code, number=number), a_row(trust.code)])
    other = {"date_of_birth": "1970-01-01", "family_name": "Other", "patient_pathway_identifier": "PWX"}
    rows = [a_row(trust.code, number=number, **other), a_row(trust.code)]
    upload = take([row | {"week_ending_date": NEXT} for row in rows], Confirm.REFUSED_ROWS)
    assert "another date of birth" in why(upload)
    assert {one.date_of_birth for one in held(Patient)} == {date(1966, 3, 14)}


def test_a_trust_may_put_a_birth_date_right_where_nobody_else_knows_the_person(take, held, trust) -> None:
    row = a_row(trust.code)
    take([row])
    take([row | {"week_ending_date": NEXT, "date_of_birth": "1966-04-13"}])
    assert held(Patient)[0].date_of_birth == date(1966, 4, 13)


def test_one_person_may_wait_for_two_things(take, held, trust) -> None:
    number = nhs_number()
    second = {"patient_pathway_identifier": "PW-2", "activity_treatment_function_code": "100"}
    rows = [a_row(trust.code, number=number), a_row(trust.code, number=number, **second)]
    take(rows)
    assert len(held(Patient)) == 1
    assert len(held(Pathway)) == 2


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-09",
        "09/03/2026",
        "9.3.2026",
        "09-Mar-2026",
        "9 March 2026",
        "46090",
        "20260309",
        "2026-03-09 00:00:00",
    ],
)
def test_dates_in_every_way_spreadsheets_write_them(take, held, trust, written: str) -> None:
    take([a_row(trust.code, referral_to_treatment_period_start_date=written)])
    assert held(Pathway)[0].clock_start == date(2026, 3, 9)


@pytest.mark.parametrize(
    "written", ["31/02/2026", "29/02/2025", "9/3/26", "2026-13-01", "soon", "9999-01-01", "1966"]
)
def test_dates_that_are_none_refuse_their_row(take, trust, written: str) -> None:
    upload = take([a_row(trust.code, referral_to_treatment_period_start_date=written), a_row(trust.code)])
    assert upload.must_confirm == [Confirm.REFUSED_ROWS]
    assert "start of the clock" in why(upload).lower()


def test_months_before_days_stop_the_whole_list(take, trust) -> None:
    upload = take([a_row(trust.code, date_of_birth="12/31/1960"), a_row(trust.code)])
    assert upload.status == "refused"
    assert "month first" in why(upload)


def test_many_dates_that_could_be_either_are_asked_about(take, trust) -> None:
    days = [date(1960, month, day) for month in range(1, 13) for day in (1, 2)]
    rows = [a_row(trust.code, date_of_birth=f"{day:%d/%m/%Y}") for day in days]
    assert take(rows).must_confirm == [Confirm.DATE_ORDER]
    assert take(rows, Confirm.DATE_ORDER).status == "applied"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("999000018", "dropped the first zero"),
        ("9.99E+09", "number by a spreadsheet"),
        ("9990000018.0", "number by a spreadsheet"),
        ("9990000019", "not valid"),
        ("0000000000", "not valid"),
        ("", "missing"),
        ("٩٩٩٠٠٠٠٠١٨", "10 digits"),
    ],
)
def test_numbers_that_a_spreadsheet_has_broken(take, trust, cell: str, words: str) -> None:
    upload = take([a_row(trust.code, NHS_number=cell), a_row(trust.code)])
    assert words in why(upload)
    assert cell == "" or cell not in why(upload)


def test_an_identifier_that_became_a_number_is_refused(take, trust) -> None:
    upload = take([a_row(trust.code, patient_pathway_identifier="1.23E+11"), a_row(trust.code)])
    assert "Format the column as text" in why(upload)


def test_dirty_codes_are_put_right_and_the_raw_value_kept(take, held, trust) -> None:
    dirty = {
        "procedure_priority_code": "p3",
        "activity_treatment_function_code": "C_110",
        "waiting_list_type": "irtt",
        "mobile": "7700900123",
        "postcode": "b152gw",
    }
    upload = take([a_row(trust.code, **dirty), a_row(trust.code, procedure_priority_code="urgent!")])
    assert upload.counts["dirty"]["procedure_priority"] == 2
    found = sorted(held(Pathway), key=lambda one: one.priority_code or "")
    assert (found[0].priority_code, found[0].raw) == (None, {"procedure_priority": "urgent!"})
    assert (found[1].priority_code, found[1].service, found[1].list_type) == ("P3", "110", "admitted")
    assert found[1].raw["procedure_priority"] == "p3"
    assert {one.mobile for one in held(Patient)} == {"07700 900123"}


def test_words_on_safe_contact_that_nobody_knows_are_taken_for_the_strictest(take, held, trust) -> None:
    take([a_row(trust.code, safe_contact="ring her sister")])
    assert held(Patient)[0].safe_contact == "ask_first"


def test_another_hospitals_limit_on_contact_stands(take, held, trust, database) -> None:
    with database.unit_of_work(SYSTEM) as session:
        other = make_trust(session)
    number = nhs_number()
    take([a_row(other.code, number=number, safe_contact="ask_first")], provider=other.code)
    take([a_row(trust.code, number=number, safe_contact="any")])
    assert held(Patient)[0].safe_contact == "ask_first"


def test_columns_that_are_not_in_the_file_empty_nothing(take, held, trust) -> None:
    row = a_row(trust.code, email="morgan@example.org")
    take([row])
    without = {name: value for name, value in row.items() if name not in ("email", "mobile", "tci_date")}
    take([without | {"week_ending_date": NEXT}])
    assert (held(Patient)[0].email, held(Patient)[0].mobile) == ("morgan@example.org", "07700 900123")


def test_other_columns_are_passed_over_and_missing_ones_named(take, trust) -> None:
    row = a_row(trust.code, shoe_size="43")
    assert take([row]).status == "applied"
    del row["practice"], row["NHS_number"]
    assert why(take([row])).startswith("The file has no column for nhs_number, practice.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_that_exports_have(
    take, held, trust, encoding: str, delimiter: str
) -> None:
    row = a_row(trust.code, family_name="O’Bríen-Østergård")
    if encoding == "cp1252":
        row["family_name"] = "O’Brien-Østergård"
    take(a_list([row], encoding=encoding, delimiter=delimiter))
    assert held(Patient)[0].family_name == row["family_name"]


def test_quoted_lines_in_an_address_and_blank_rows_are_read(take, held, trust) -> None:
    row = a_row(trust.code, address='1, "The Rise"\nBirmingham')
    upload = take(a_list([row]) + b",,,,,,,,,,,,,,,,,,,,,\r\n\r\n")
    assert upload.rows == 1
    assert held(Patient)[0].address == '1, "The Rise" Birmingham'


def test_an_uneven_row_is_refused_and_the_rest_is_read(take, held, trust) -> None:
    good = a_list([a_row(trust.code)])
    upload = take(good + b"1,2,3\r\n", Confirm.REFUSED_ROWS)
    assert "3 cells" in why(upload)
    assert len(held(Pathway)) == 1


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"a,b\n\0,1\n", "not text"),
        (b'a,b\n"open,1\n', "no column for"),
        (b"a,a\n1,2\n", "Two columns"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b",".join([b"x"] * 600) + b"\n", "columns"),
    ],
)
def test_files_that_are_no_list(take, file: bytes, words: str) -> None:
    assert words in why(take(file))


def test_a_quotation_mark_left_open_is_named(take, trust) -> None:
    file = a_list([a_row(trust.code)])
    assert "quotation mark" in why(take(file + b'"open,1,2\n'))


def test_a_header_without_rows_is_refused(take, trust) -> None:
    file = a_list([a_row(trust.code)]).split(b"\r\n")[0] + b"\r\n"
    assert "no rows" in why(take(file))


def test_children_names_and_formulas_are_text_like_any_other(take, held, trust) -> None:
    take([a_row(trust.code, given_name="=cmd()", family_name="Null-Øya", address="\\N \\t x")])
    person = held(Patient)[0]
    assert (person.given_name, person.family_name, person.address) == ("=cmd()", "Null-Øya", "\\N \\t x")


def test_signs_nobody_can_see_are_refused_in_names(take, trust) -> None:
    upload = take([a_row(trust.code, family_name="Ex\u202eample"), a_row(trust.code)])
    assert "cannot be shown" in why(upload)


def test_a_death_withdraws_every_invitation(take, held, trust, database) -> None:
    row = a_row(trust.code) | {"week_ending_date": NEXT}
    take([row])
    with database.unit_of_work(SYSTEM) as session:
        pathway = session.get_one(Pathway, held(Pathway)[0].id)
        make_invitation(session, now=NOW, pathway=pathway)
    died = {"week_ending_date": LAST, "end_date": NEXT, "referral_to_treatment_period_status": "36"}
    take([row | died | {"end_date": NEXT}])
    assert held(Patient)[0].died_on == NEXT
    assert held(Invitation)[0].withdrawn_at == NOW


def test_the_patients_icb_is_their_commissioners(take, held, trust, database) -> None:
    with database.unit_of_work(SYSTEM) as session:
        icb = make_icb(session)
    take([a_row(trust.code, commissioner=icb.code), a_row(trust.code, commissioner="15E00")])
    assert {one.icb_code for one in held(Patient)} == {icb.code, trust.icb_code}


def test_a_failure_applies_nothing(take, held, trust, database) -> None:
    def fail(session, event, *, actor, now) -> None:
        raise Conflict("A listener refuses.")

    events.install({ExtractApplied: (fail,)})
    with pytest.raises(Conflict, match="A listener refuses"):
        take([a_row(trust.code)])
    assert held(Pathway) == []
    assert held(Extract) == []
    assert [one.status for one in held(Upload)] == ["received"]


def test_what_was_applied_is_written_down_without_names(take, trust, database) -> None:
    row = a_row(trust.code)
    take([row])
    with database.unit_of_work(SYSTEM) as session:
        told = list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))
    assert [one.action for one in told] == [
        "upload.received", "upload.checked", "extract.applied", "upload.applied",
    ]  # fmt: skip
    assert row["family_name"] not in str([(one.details, one.reason) for one in told])


def test_only_its_own_people_send_a_list(database: Database, trust: Organisation) -> None:
    file = a_list([a_row(trust.code)])
    with database.unit_of_work(SYSTEM) as session:
        other = make_trust(session)
    stranger = staff_of(other.code)
    with database.unit_of_work(stranger) as session, pytest.raises(NotAllowed):
        services.receive_extract(session, trust.code, file, actor=stranger, now=NOW)
    manager = staff_of(trust.code)
    with database.unit_of_work(manager) as session:
        kept = services.receive_extract(session, trust.code, file, actor=manager, now=NOW)
    with database.unit_of_work(stranger) as session, pytest.raises(NotFound):
        services.check_extract(session, kept.reference, actor=stranger, now=NOW)
    with database.unit_of_work(manager) as session:
        services.check_extract(session, kept.reference, actor=manager, now=NOW)
    with database.unit_of_work(manager) as session:
        command = ApplyExtract(kept.reference, None)
        services.apply_extract(session, command, actor=manager, now=NOW)


def test_a_checked_list_is_looked_at_again_when_it_is_applied(
    database: Database, trust: Organisation, take
) -> None:
    rows = [a_row(trust.code) for _ in range(3)]
    with database.unit_of_work(SYSTEM) as session:
        kept = services.receive_extract(session, trust.code, a_list(rows), actor=SYSTEM, now=NOW)
    with database.unit_of_work(SYSTEM) as session:
        assert services.check_extract(session, kept.reference, actor=SYSTEM, now=NOW).status == "checked"
    take([a_row(trust.code) for _ in range(30)])
    with (
        database.unit_of_work(SYSTEM) as session,
        pytest.raises(Exception, match="applied already"),
    ):
        services.apply_extract(session, ApplyExtract(kept.reference, None), actor=SYSTEM, now=NOW)


def test_progress_is_seen_by_another_connection(database: Database, trust: Organisation) -> None:
    from_zero: list[tuple[str, int, int]] = []
    with database.unit_of_work(SYSTEM) as session:
        file = a_list([a_row(trust.code) for _ in range(20)])
        kept = services.receive_extract(session, trust.code, file, actor=SYSTEM, now=NOW)
    with database.unit_of_work(SYSTEM) as session:
        services.check_extract(
            session,
            kept.reference,
            actor=SYSTEM,
            now=NOW,
            report=lambda step, done, of: from_zero.append((step, done, of)),
        )
    assert from_zero == [("read", 21, 21), ("compare", 0, 1), ("compare", 1, 1)]


def test_a_trust_confirms_that_a_late_list_is_still_true(take, held, trust, database) -> None:
    manager = staff_of(trust.code)
    with database.unit_of_work(manager) as session, pytest.raises(Conflict):
        services.confirm_still_true(session, ConfirmList(trust.code), actor=manager, now=NOW)
    take([a_row(trust.code)])
    with database.unit_of_work(manager) as session:
        services.confirm_still_true(session, ConfirmList(trust.code), actor=manager, now=NOW)
    assert held(Extract)[0].still_true_on == NOW.date()
