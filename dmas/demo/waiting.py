"""Five thousand waits on the lists of the invented trusts, sent as weekly extracts like any trust's."""

from __future__ import annotations

import csv
import io
import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import select

from dmas.catalogue.vocabulary.arrangements import Setting, Stage
from dmas.core.clock import london_date
from dmas.demo import people
from dmas.demo.england import TRUSTS, Invented
from dmas.demo.people import InventedPerson
from dmas.demo.personas import HOME, PATIENTS
from dmas.demo.stage import DEMO
from dmas.demo.stage import Stage as Demo
from dmas.notifications import services as notifications
from dmas.notifications.commands import SayToPatients
from dmas.uploads.vocabulary import UploadStatus
from dmas.waitinglist import services
from dmas.waitinglist.commands import ApplyExtract, ConfirmList
from dmas.waitinglist.models import Pathway
from dmas.waitinglist.vocabulary import Confirm

WAITS, AT_HOME = 5_000, 500
FIRST_LIST, SECOND_LIST = 64, 3  # days before today on which the two extracts are sent
SAID_TRUE = (37, 13, 1)  # and on which each trust says that its late list still holds
SEED = 4_000


@dataclass(frozen=True, slots=True)
class Care:
    """What somebody waits for: treatment function, setting, operation and its group; none of them yet."""

    function: str
    setting: Setting
    opcs: str = ""
    group: str | None = None

    @property
    def stage(self) -> Stage:
        """Return the stage at which the person would join another hospital."""
        return Stage.DECISION_TO_ADMIT if self.opcs else Stage.FIRST_OUTPATIENT


TURP = Care("101", Setting.INPATIENT, "M653", "prostate_resection")
HIP = Care("110", Setting.INPATIENT, "W371", "hip_replacement")
CATARACT = Care("130", Setting.DAY_CASE, "C751", "cataract")
CARES = (
    HIP, HIP, Care("110", Setting.INPATIENT, "W401", "knee_replacement"),
    Care("110", Setting.DAY_CASE, "A651", "carpal_tunnel"), CATARACT, CATARACT,
    Care("100", Setting.DAY_CASE, "T202", "inguinal_hernia"),
    Care("100", Setting.DAY_CASE, "J183", "cholecystectomy"),
    Care("120", Setting.DAY_CASE, "F341", "tonsillectomy"),
    Care("502", Setting.DAY_CASE, "Q181", "hysteroscopy"),
    Care("120", Setting.OUTPATIENT), Care("330", Setting.OUTPATIENT),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One row of a trust's list. `cells` are further columns by the names of the minimum data set."""

    trust: Invented
    number: int
    who: InventedPerson
    care: Care
    clock_start: date
    asa: int
    bmi: float
    can_ask: bool
    cells: Mapping[str, str] = field(default_factory=dict)

    @property
    def pathway_id(self) -> str:
        """Return the trust's own identifier of the pathway."""
        return f"{self.trust.code}P{self.number:06d}"


def people_who_wait(stage: Demo) -> list[Wait]:
    """Return everybody on the lists, the persona's trust first; nothing is written."""
    chance = random.Random(SEED)  # noqa: S311
    found: list[Wait] = []
    home = next(trust for trust in TRUSTS if trust.code == HOME)
    others = [trust for trust in TRUSTS if trust.code != HOME]
    share, rest = divmod(WAITS - AT_HOME, len(others))
    sizes = [(home, AT_HOME), *((trust, share + (place < rest)) for place, trust in enumerate(others))]
    for trust, size in sizes:
        for place in range(size):
            found.append(_wait(trust, len(found), place, stage.today, chance))
    return _with_personas(found, stage.today)


def send_lists(stage: Demo, waits: Sequence[Wait], days_ago: int) -> None:
    """Send every trust's list of the last Sunday before a day, as its own manager, and apply it."""
    now = stage.at(days_ago, 7)
    week = london_date(now) - timedelta(days=(london_date(now).weekday() + 1) % 7)
    for trust in TRUSTS:
        manager = stage.manager(trust.code)
        file = extract(trust, [wait for wait in waits if wait.trust is trust], week)
        with stage.acting(manager) as session:
            upload = services.receive_extract(session, trust.code, file, actor=manager, now=now)
            command = ApplyExtract(upload.reference, upload.version, (Confirm.SHRINKAGE.value,))
            if services.take_extract(session, command, actor=manager, now=now).status != UploadStatus.APPLIED:
                raise LookupError(f"The invented list of {trust.code} was not applied.")


def say_still_true(stage: Demo, days_ago: int) -> None:
    """Let every trust say that its list still holds: all alive and waiting."""
    for trust in TRUSTS:
        manager = stage.manager(trust.code)
        with stage.acting(manager) as session:
            services.confirm_still_true(
                session, ConfirmList(trust.code), actor=manager, now=stage.at(days_ago, 8)
            )


def settle_districts(stage: Demo) -> None:
    """Write where the invented postcode districts lie."""
    with stage.acting(DEMO) as session:
        session.add_all(people.districts(TRUSTS))


def say_what_patients_read(stage: Demo) -> None:
    """Give every trust a number that reaches nobody, and its words for those who get worse."""
    for number, trust in enumerate(TRUSTS):
        phone = f"01632 960{number:03d}"
        words = SayToPatients(
            organisation_code=trust.code,
            version=None,
            phone=phone,
            worse=f"If your condition gets worse while you wait, call our waiting list nurses on {phone},"
            " 8am to 6pm on working days.",
        )
        manager = stage.manager(trust.code)
        with stage.acting(manager) as session:
            notifications.say_to_patients(session, words, actor=manager, now=stage.at(66, 9))


def extract(trust: Invented, waits: Iterable[Wait], week: date) -> bytes:
    """Return a trust's list of a week as the CSV its own system would export."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for wait in waits:
        if wait.clock_start > week:
            continue  # not referred yet
        writer.writerow({**_cells(trust, wait, week), **wait.cells})
    return out.getvalue().encode()


def keys(stage: Demo) -> dict[str, tuple[uuid.UUID, uuid.UUID]]:
    """Return the keys of pathway and patient by the trusts' own identifiers."""
    with stage.acting(DEMO) as session:
        rows = session.execute(select(Pathway.pathway_id, Pathway.id, Pathway.patient_id))
        return {own: (pathway, patient) for own, pathway, patient in rows}


def _wait(trust: Invented, number: int, place: int, today: date, chance: random.Random) -> Wait:
    band = place % 25  # 3 in 25 wait over 40 weeks, and one is about to
    days = chance.randint(12, 255)
    if band in (0, 9, 17):
        days = min(chance.randint(282, 480), chance.randint(282, 620))
    elif band == 4:
        days = chance.randint(262, 278)
    care = chance.choice(CARES)
    over = days > 280
    odd = {} if not over else _oddity(place // 25 * 3 + (0, 9, 17).index(band), today)
    return Wait(
        trust=trust,
        number=number,
        who=people.person(number, trust, today, chance),
        care=care,
        clock_start=today - timedelta(days=days),
        asa=chance.choice((1, 2, 2, 2, 3)),
        bmi=round(chance.uniform(21, 37), 1),
        can_ask=over and not odd,
        cells=odd,
    )


def _oddity(place: int, today: date) -> dict[str, str]:
    """Return what keeps every eighth of those over 40 weeks from asking: each reason in turn."""
    reasons: tuple[dict[str, str], ...] = (
        {"inclusion_on_cancer_ptl": "Y"},
        {"procedure_priority_code": "P2"},
        {"source_of_referral": "05", "referring_organisation": "RQX"},
        {"practice": "W99012"},
        {"tci_date": (today + timedelta(days=20)).isoformat()},
        {"procedure_priority_code": "P5"},
    )
    return reasons[place // 8 % len(reasons)] if place % 8 == 7 else {}


def _with_personas(waits: list[Wait], today: date) -> list[Wait]:
    """Put the patients whom a visitor can be on the list of the personas' trust, each in somebody's place."""
    at_home = [place for place, wait in enumerate(waits) if wait.trust.code == HOME and wait.can_ask]
    cares = {"patient-invited": HIP, "patient-choosing": TURP, "patient-moved": CATARACT}
    for place, persona in zip(at_home, PATIENTS, strict=False):
        who = replace(
            waits[place].who,
            given=persona.given,
            family=persona.family,
            born=persona.born,
            sex=persona.sex,
            email=f"{persona.key}@example.org",
            mobile="",
            preference="EMAIL",
            language="",
            needs="",
            safe="ANY",
        )
        waits[place] = replace(
            waits[place],
            who=who,
            care=cares[persona.key],
            clock_start=today - timedelta(days=persona.days_waited),
            asa=2,
            bmi=26.4,
        )
    just_over = [
        place
        for place, wait in enumerate(waits)
        if wait.trust.code == HOME and wait.can_ask and 281 < (today - wait.clock_start).days < 330
    ]
    for place in just_over[1:3]:  # two who must be asked before anybody writes to them
        waits[place] = replace(waits[place], who=replace(waits[place].who, safe="ASK_FIRST"))
    return waits


def _cells(trust: Invented, wait: Wait, week: date) -> dict[str, str]:
    who, care = wait.who, wait.care
    measured = (week - timedelta(days=40 + wait.number % 60)).isoformat()
    decided = max(wait.clock_start + timedelta(days=30), week - timedelta(days=200))
    return {
        "week_ending_date": week.isoformat(),
        "provider_code": trust.code,
        "nhs_number": who.nhs_number,
        "local_patient_identifier": f"H{wait.number:06d}",
        "given_name": who.given,
        "family_name": who.family,
        "date_of_birth": who.born.isoformat(),
        "person_stated_gender_code": "2" if who.sex == "F" else "1",
        "practice": f"Y99{wait.number % 900:03d}",
        "commissioner": trust.icb,
        "patient_pathway_identifier": wait.pathway_id,
        "activity_treatment_function_code": care.function,
        "waiting_list_type": "IRTT" if care.opcs else "ORTT",
        "referral_to_treatment_period_start_date": wait.clock_start.isoformat(),
        "referral_to_treatment_period_status": "20",
        "decision_to_admit_date": min(decided, week).isoformat() if care.opcs else "",
        "site_of_treatment": f"{trust.code}01",
        "source_of_referral": "03",
        "inclusion_on_cancer_ptl": "N",
        "proposed_procedure_opcs_code": care.opcs,
        "procedure_priority_code": "P3" if wait.number % 6 == 0 else "P4",
        "intended_management_code": {Setting.INPATIENT: "1", Setting.DAY_CASE: "2"}.get(care.setting, ""),
        "asa_physical_status_classification_system_code": str(wait.asa) if care.opcs else "",
        "asa_date": measured if care.opcs else "",
        "bmi": str(wait.bmi) if care.opcs else "",
        "bmi_date": measured if care.opcs else "",
        "address": who.address,
        "postcode": who.postcode,
        "mobile": who.mobile,
        "email": who.email,
        "contact_preference": who.preference,
        "interpreter_language": who.language,
        "communication_needs": who.needs,
        "safe_contact": who.safe,
    }


COLUMNS = (
    "week_ending_date", "provider_code", "nhs_number", "local_patient_identifier", "given_name",
    "family_name", "date_of_birth", "person_death_date", "person_stated_gender_code", "practice",
    "commissioner", "patient_pathway_identifier", "activity_treatment_function_code", "waiting_list_type",
    "referral_to_treatment_period_start_date", "referral_to_treatment_period_end_date",
    "referral_to_treatment_period_status", "decision_to_admit_date", "tci_date", "site_of_treatment",
    "source_of_referral", "referring_organisation", "inclusion_on_cancer_ptl",
    "proposed_procedure_opcs_code", "procedure_priority_code", "intended_management_code",
    "asa_physical_status_classification_system_code", "asa_date", "bmi", "bmi_date", "address", "postcode",
    "mobile", "email", "contact_preference", "interpreter_language", "communication_needs", "safe_contact",
)  # fmt: skip
