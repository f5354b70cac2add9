"""Fifty requests of the invented trusts, in every state a request can be in."""

from __future__ import annotations

from datetime import timedelta

from dmas.catalogue.vocabulary.arrangements import Basis, Setting
from dmas.core.clock import london_date
from dmas.demo.england import TRUSTS, Invented
from dmas.demo.offering import MENU, Service
from dmas.demo.personas import HOME
from dmas.demo.stage import Stage
from dmas.requests import services
from dmas.requests.commands import (
    ApproveRequest,
    PostRequest,
    RequestLineSpec,
    ReturnRequest,
    WithdrawRequest,
)
from dmas.requests.models import CareRequest

SMALL = (12, 18, 24, 30, 36)  # one hip each, so that some requests are met in full
WHY = (
    "Two theatres are closed for repair until the spring.",
    "Three anaesthetists have left and their posts are being filled.",
    "Winter beds have taken the elective ward.",
    "Referrals doubled after a neighbouring clinic closed.",
    "The day surgery unit is being rebuilt.",
)
LEADS = ("Miss Ola Brandt", "Mr Kit Marlow", "Dr Asha Verma", "Mr Piotr Zielony", "Ms Fern Doyle")
# How each request came to stand: how many, days since it was posted, and what its ICB or trust did.
STANDS = (
    *(("opened", days) for days in (2, 3, 3, 4, 4, 5, 5, 6, 6, 7)),
    *(("opened", days) for days in (9, 10, 11, 12, 13, 14, 15, 16, 17, 18)),
    *(("opened", days) for days in (23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34)),
    ("opened", 59),
    *(("awaiting", days) for days in (1, 1, 2)),
    ("opened", 57),  # its search ends in the second night
    *(("awaiting", days) for days in (2, 6, 7)),
    *(("returned", days) for days in (3, 5, 8)),
    *(("withdrawn", days) for days in (6, 12, 20, 26)),
    *(("opened", days) for days in (8, 21, 22)),
)  # fmt: skip


def ask_for_help(stage: Stage) -> None:
    """Post fifty requests and let their ICBs and trusts do what they did."""
    for number, (stand, days_ago) in enumerate(STANDS):
        # The home persona's trust asks for a good part of them, so that there is something to see.
        trust = next(t for t in TRUSTS if t.code == HOME) if number % 6 == 0 else TRUSTS[number % len(TRUSTS)]
        care_request = _post(stage, trust, number, days_ago)
        _settle(stage, trust, care_request, stand, days_ago)


def _post(stage: Stage, trust: Invented, number: int, days_ago: int) -> CareRequest:
    actor = stage.manager(trust.code)
    service = MENU[0 if number in SMALL else number % 3] if trust.code == HOME else stage.random.choice(MENU)
    expiring = number == len(STANDS) - 1  # needed by a day that has passed, and so expired
    command = PostRequest(
        service=service.function,
        setting=service.setting,
        stage=service.stage,
        basis=Basis.WHOLE_PATHWAY,
        lines=_lines(stage, service, number),
        reason=stage.random.choice(WHY),
        clinical_lead=stage.random.choice(LEADS),
        site_code=f"{trust.code}01",
        travel_miles=stage.random.choice((25, 50, 100, 100, None)),
        needed_by=london_date(stage.at(4)) if expiring else None,
        transport_offered=number % 3 == 0,
        tokens=("step_free",) if number % 4 == 0 else (),
    )
    with stage.acting(actor) as session:
        return services.post(session, command, actor=actor, now=stage.at(days_ago, 9, number % 60))


def _lines(stage: Stage, service: Service, number: int) -> tuple[RequestLineSpec, ...]:
    if number in SMALL:
        return (_hip(stage),)
    drawn = []
    for _ in range(8 if number == 0 else stage.random.choice((1, 1, 2, 2, 3))):
        weeks = stage.random.choice((40, 41, 42, 44, 46, 48, 52, 56, 60, 65))
        young = stage.random.choice((18, 30, 45, 60))
        admitted = service.setting is not Setting.OUTPATIENT
        drawn.append(
            RequestLineSpec(
                places=1 if number == 0 else stage.random.choice((1, 2, 2, 3, 4, 6)),
                priority_code=stage.random.choice(("P4", "P4", "P4", "P3")),
                weeks_from=weeks,
                weeks_to=weeks + 4,
                age_from=young,
                age_to=young + 20,
                procedure_group=stage.random.choice(service.groups) if service.groups else None,
                worst_asa=stage.random.choice((1, 2, 2, 2, 3, None)) if admitted else None,
                worst_bmi=stage.random.choice((26.0, 29.0, 31.0, 34.0, 38.0)) if admitted else None,
            )
        )
    return tuple(drawn)


def _hip(stage: Stage) -> RequestLineSpec:
    weeks = stage.random.choice((60, 62, 64))
    return RequestLineSpec(
        places=1,
        priority_code="P3",
        weeks_from=weeks,
        weeks_to=weeks + 4,
        age_from=60,
        age_to=75,
        procedure_group="hip_replacement",
        worst_asa=2,
        worst_bmi=29.0,
    )


def _settle(stage: Stage, trust: Invented, care_request: CareRequest, stand: str, days_ago: int) -> None:
    if stand == "awaiting":
        return
    coordinator, manager = stage.coordinator(trust.icb), stage.manager(trust.code)
    reference = care_request.reference
    next_day = stage.at(days_ago, 16)
    with stage.acting(coordinator) as session:
        if stand == "returned":
            step = ReturnRequest(reference=reference, reason="more_detail")
            services.return_to_provider(session, step, actor=coordinator, now=next_day)
        else:
            services.approve(session, ApproveRequest(reference=reference), actor=coordinator, now=next_day)
    if stand == "withdrawn":
        with stage.acting(manager) as session:
            withdrawal = WithdrawRequest(reference=reference, reason="arranged_elsewhere")
            later = next_day + timedelta(days=1)
            services.withdraw(session, withdrawal, actor=manager, now=later)
