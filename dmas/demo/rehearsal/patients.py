"""The people who ask themselves as rows: person, wait, request and the search that stands for it.

Names and numbers are nobody's: each person is called by their place in the draw, each number is of the
range that is never issued.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis, Pathway, Setting
from dmas.core.audit import AuditEvent
from dmas.core.clock import london_date
from dmas.core.nhs_number import check_digit
from dmas.demo.rehearsal import terms
from dmas.demo.rehearsal.build import SEARCHED_DAYS, Ids, Values, copy, events
from dmas.demo.rehearsal.generate import Cell, stage_of
from dmas.demo.rehearsal.people import OUTPATIENT, People, born_on
from dmas.demo.rehearsal.places import Place
from dmas.demo.rehearsal.read import ACTOR
from dmas.matching.engine.rows import NONE, SETTINGS, SEXES
from dmas.requests.models import CareRequest, RequestLine, TransferRequest
from dmas.requests.rules import tier_of
from dmas.requests.vocabulary import RequestKind, RequestStatus, TransferStatus
from dmas.waitinglist.models import Extract, Patient
from dmas.waitinglist.models import Pathway as Wait


def write(
    session: Session,
    cells: Sequence[Cell],
    places: dict[str, Place],
    people: People,
    *,
    now: datetime,
    ids: Ids,
) -> None:
    """Write everybody who asks themselves, each trust's list of the week, and the audit events."""
    drawn = [_Drawn(cells, places, people, row, now, ids) for row in range(len(people))]
    numbers = list(islice(nhs_numbers(), len(drawn)))
    for one, number in zip(drawn, numbers, strict=True):
        one.number = number
    copy(session, Patient, (one.patient() for one in drawn))
    copy(session, Wait, (one.wait() for one in drawn))
    searches = [one.search() for one in drawn]
    copy(session, CareRequest, searches)
    copy(session, RequestLine, (one.line() for one in drawn))
    requests = [one.request() for one in drawn]
    copy(session, TransferRequest, requests)
    lists = [_list(place, now, ids) for place in places.values()]
    copy(session, Extract, lists)
    copy(session, AuditEvent, events("extract", lists, now))
    copy(session, AuditEvent, events("care_request", searches, now))
    copy(session, AuditEvent, events("transfer_request", requests, now))


def nhs_numbers() -> Iterator[str]:
    """Yield the numbers of the range that is never issued, in order."""
    for count in range(1_000_000):
        nine = f"999{count:06d}"
        digit = check_digit(nine)
        if digit is not None:
            yield f"{nine}{digit}"


class _Drawn:
    """One person of the draw, and the rows they become."""

    def __init__(
        self,
        cells: Sequence[Cell],
        places: dict[str, Place],
        people: People,
        row: int,
        now: datetime,
        ids: Ids,
    ) -> None:
        cell = cells[int(people.cell[row])]
        self.place, self.function, self.row, self.now = places[cell.provider], cell.function, row, now
        self.today = london_date(now)
        self.setting = Setting(SETTINGS[int(people.setting[row])])
        self.stage = stage_of(self.setting)
        self.outpatient = int(people.setting[row]) == OUTPATIENT
        self.age, self.days = int(people.age[row]), int(people.days[row])
        self.asa = None if people.asa[row] == NONE else int(people.asa[row])
        self.bmi = None if people.bmi[row] == NONE else float(people.bmi[row])
        self.sex = SEXES[int(people.sex[row])]
        self.miles = int(people.travel[row]) or None
        self.home = float(people.lat[row]), float(people.lon[row])
        self.code = "P3" if people.urgent[row] else "P4"
        self.short = bool(people.short_notice[row])
        self.letter = bool(people.by_letter[row])
        self.number = ""
        self.ids = [ids.id() for _ in range(5)]
        self.references = ids.reference("RQ"), ids.reference("TR")
        self.since = self.today - timedelta(days=self.days)
        self.opened = self.today - timedelta(days=SEARCHED_DAYS)

    def patient(self) -> Values:
        """Return the person's row."""
        return {
            "id": self.ids[0],
            "version": 1,
            "nhs_number": self.number,
            "given_name": "Person",
            "family_name": f"Number {self.row}",
            "date_of_birth": born_on(self.age, self.today),
            "sex": self.sex,
            "address": "",
            "contact_preference": "letter" if self.letter else "phone",
            "communication_needs": "",
            "safe_contact": "any",
            "icb_code": self.place.icb,
        }

    def wait(self) -> Values:
        """Return the row of their wait at home."""
        return {
            "id": self.ids[1],
            "version": 1,
            "provider_code": self.place.code,
            "patient_id": self.ids[0],
            "pathway_id": f"{self.place.code}R{self.row}",
            "site_code": self.place.code,
            "icb_code": self.place.icb,
            "region_code": self.place.region,
            "service": self.function,
            "list_type": "non_admitted" if self.outpatient else "admitted",
            "clock_start": self.since,
            "is_cancer": False,
            "raw": "{}",
            "told_on": self.today,
            "absent_weeks": 0,
        }

    def search(self) -> Values:
        """Return the row of the search that stands for them."""
        assert self.stage is not None  # tests are not drawn as rows
        needs = terms.person_needs(self.function, self.setting, child=self.age < 18, short_notice=self.short)
        return {
            "id": self.ids[2],
            "version": 1,
            "reference": self.references[0],
            "kind": RequestKind.TRANSFER,
            "pathway": Pathway.ELECTIVE,
            "status": RequestStatus.OPEN,
            "provider_code": self.place.code,
            "site_code": self.place.code,
            "icb_code": self.place.icb,
            "region_code": self.place.region,
            "latitude": self.home[0],
            "longitude": self.home[1],
            "distance_approximate": True,
            "basis": Basis.WHOLE_PATHWAY,
            "stage": self.stage,
            "service": self.function,
            "setting": self.setting,
            "travel_miles": self.miles,
            "needs": sorted(needs),
            "insourcing_acceptable": False,
            "transport_offered": False,
            "reason": "rehearsal",
            "clinical_lead": "rehearsal",
            "notes": "",
            "posted_by": ACTOR.id,
            "posted_at": self.now,
            "opened_on": self.opened,
        }

    def line(self) -> Values:
        """Return the search's one line."""
        return {
            "id": self.ids[3],
            "request_id": self.ids[2],
            "number": 1,
            "places": 1,
            "priority_code": self.code,
            "tier": tier_of(self.code, self.days),
            "weeks_from": self.days // 7,
            "weeks_to": self.days // 7,
            "waiting_since": self.since,
            "age_from": self.age,
            "age_to": self.age,
            "worst_asa": self.asa,
            "worst_bmi": self.bmi,
            "sex": self.sex,
            "asa_on": self.opened,
            "bmi_on": self.opened,
        }

    def request(self) -> Values:
        """Return the row of their own request."""
        return {
            "id": self.ids[4],
            "version": 1,
            "reference": self.references[1],
            "status": TransferStatus.SEARCHING,
            "pathway_id": self.ids[1],
            "patient_id": self.ids[0],
            "home_code": self.place.code,
            "home_icb": self.place.icb,
            "home_region": self.place.region,
            "patient_icb": self.place.icb,
            "patient_region": self.place.region,
            "care_request_id": self.ids[2],
            "started_how": "page",
            "started_by": ACTOR.id,
            "started_at": self.now,
            "last_step": "",
            "travel_miles": self.miles,
            "travel_national": self.miles is None,
            "needs": "{}",
            "short_notice": self.short,
            "submitted_on": self.opened,
            "search_from": self.opened,
            "search_ends_on": self.today + timedelta(days=SEARCHED_DAYS),
            "silences": 0,
        }


def _list(place: Place, now: datetime, ids: Ids) -> Values:
    """Return the list a provider sent this week, which keeps its people in the night."""
    return {
        "id": ids.id(),
        "version": 1,
        "provider_code": place.code,
        "week_ending": london_date(now),
        "file_hash": place.code,
        "rows": 0,
        "counts": "{}",
        "shrinkage_confirmed": False,
        "applied_by": ACTOR.id,
        "applied_at": now,
    }
