"""Anybody does anything in any order, to one small exchange: what must always hold, holds after each step."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import ColumnElement, select, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from dmas import invariants, wiring
from dmas.core import references
from dmas.core.actors import Actor, Reach, Role
from dmas.core.clock import london_date
from dmas.core.db import NIGHT, OWNER, Database
from dmas.core.errors import DmasError
from dmas.core.invariants import breaches
from dmas.matching.nightly import run_night
from dmas.offers import services as offers
from dmas.offers.commands import CloseOffer, ConfirmOffer, ResumeOffer, SuspendOffer, WithdrawOffer
from dmas.offers.models import Offer
from dmas.proposals import services as proposals
from dmas.proposals.commands import (
    AcceptProposal,
    AnswerQuestion,
    AskForInformation,
    ChooseCapacity,
    ChooseOption,
    DeclineCapacity,
    DeclineOptions,
    DeclineProposal,
    PersonStep,
    ReleasePerson,
    ReleasePlaces,
)
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import LIVE, Consent
from dmas.providers.models import Organisation, Site
from dmas.requests import services as requests
from dmas.requests.commands import (
    ApproveRequest,
    ClearChange,
    SayChanged,
    SearchAgain,
    Stay,
    SupplyInformation,
    WithdrawRequest,
    WithdrawTransfer,
)
from dmas.requests.models import CareRequest, TransferRequest
from dmas.requests.vocabulary import RequestStatus, ReviewOutcome, TransferStatus
from dmas.transfers import services as transfers
from dmas.transfers.commands import (
    CancelTransfer,
    CompleteDataSet,
    ConfirmTransfer,
    GiveDate,
    RecordTreated,
    ReRegister,
    ReturnTransfer,
    SendTransfer,
)
from dmas.transfers.models import Transfer
from dmas.waitinglist.models import Pathway
from tests import databases
from tests.factories.offers import make_offer
from tests.factories.proposals import consent, person, staff_of
from tests.factories.providers import make_icb, make_independent, make_region, make_site, make_trust
from tests.factories.requests import decide, make_request, make_transfer_request
from tests.factories.transfers import TYPED

SYSTEM = Actor.system("tests")
START = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
WHICH = st.integers(0, 11)
WHAT = ("work", "arrive", "work", "sleep", "work", "work", "change", "work")
# How many rows of each kind there are in each state, such as `proposal chosen`.
STATES = text(
    " UNION ALL ".join(
        f"SELECT '{table} ' || {column}, count(*) FROM {table} GROUP BY {column}"
        for table, column in (
            ("offer", "status"), ("care_request", "status"), ("proposal", "status"),
            ("named_person", "consent"), ("transfer", "status"), ("transfer_request", "status"),
        )
    )
)  # fmt: skip
TO_ANSWER = ("proposed", "asked", "needs_information")
TO_DECIDE = ("receiver_accepted", "accepted_subject")
OFFER_VERBS = ("confirm_still_true", "withdraw", "suspend", "resume", "close")
TRANSFER_VERBS = ("send", "confirm", "give_date", "record_treated", "return_to_home", "re_register", "cancel")
NEXT_VERB = dict(
    zip(
        ("preparing", "sent", "confirmed", "dated", "returned"),
        (*TRANSFER_VERBS[:4], "re_register"),
        strict=True,
    )
)
ASKED_FOR_ONESELF = ("needs_information", "searching", "options_offered", "resting")
PATIENT_VERBS = ("supply", "search_again", "clear", "changed", "supply", "clear", "search_again", "withdraw")
MOVING = ("preparing", "sent", "confirmed", "dated", "returned")


class Exchange(RuleBasedStateMachine):
    """Two trusts that ask, three providers that offer, and whoever acts for them."""

    server: URL
    template: str
    done: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self._opened = ExitStack()
        wiring.install()
        # The same steps must lead to the same rows, or a failure could not be told again.
        self._opened.enter_context(references.chosen_by(random.Random(20_261_121).choice))
        url = self._opened.enter_context(databases.fresh(self.server, self.template))
        self.database, self.night_database = Database(url), Database(url, role=NIGHT)
        self.whole = Database(url, role=OWNER)  # no wall stands between the owner and a table
        self.now = START
        self.clocks: dict[str, Any] = {}
        self.states: Counter[str] = Counter()

    def teardown(self) -> None:
        """Let the database go."""
        self.database.dispose()
        self.night_database.dispose()
        self.whole.dispose()
        self._opened.close()

    @initialize()
    def settle(self) -> None:
        """Make the organisations."""
        with self.database.unit_of_work(SYSTEM) as session:
            region = make_region(session)
            icbs = [make_icb(session, region), make_icb(session, region)]
            providers = [make_trust(session, icb) for icb in icbs] + [make_trust(session, icbs[0])]
            providers.append(make_independent(session, icbs[1]))
            self.providers = [one.code for one in providers]
            self.sites = [make_site(session, one).code for one in providers]
        for number in range(2):
            self.post_request(number, 3, 60, approved=True)
            self.post_offer(number + 2, 3, short=False)
            self.ask_for_oneself(number)
            self.review(number, "suitable")
        self.run_nights(2)

    # What may happen: one rule that chooses, so that each walk may get to the end of everything -----

    @rule(what=st.sampled_from(WHAT), kind=WHICH, which=WHICH, verb=WHICH)
    def go_on(self, what: str, kind: int, which: int, verb: int) -> None:
        """Somebody comes, works, changes their mind, or days go by and the night runs."""
        waiting = self.waiting()
        if what == "arrive":
            self.arrive(which, 1 + kind % 4, verb)
        elif what == "change":
            self.change(which, verb)
        elif what == "work" and waiting:
            step, verbs = waiting[kind % len(waiting)]
            step(which, verbs[verb % len(verbs)])
        else:
            self.run_nights((1, 1, 1, 2, 8)[verb % 5])

    def arrive(self, which: int, places: int, verb: int) -> None:
        """Somebody offers places, or asks for them, for others or for themselves."""
        if verb > 5 and self.states["transfer_request searching"] < 3:
            self.ask_for_oneself(which)
        elif self.states["offer open"] <= self.states["care_request open"]:
            self.post_offer(which, places, short=verb == 0)
        else:
            self.post_request(which, places, 41 + 6 * verb, approved=verb != 0)

    def change(self, which: int, verb: int) -> None:
        """Somebody changes their mind, or an ICB approves."""
        if verb % 2 or self.states["care_request awaiting_icb"] > 1:
            self.change_request(which, withdraw=verb == 11)
        else:
            self.change_offer(which, OFFER_VERBS[verb % len(OFFER_VERBS)])

    def waiting(self) -> list[tuple[Callable[[int, str], None], tuple[str, ...]]]:
        """Return the kinds of work there is, each with what may be done; what gets on comes first."""
        kinds = {
            ("proposal", TO_ANSWER): (
                self.answer,
                ("accept", "accept", "accept", "decline", "ask", "answer_question"),
            ),
            ("proposal", TO_DECIDE): (
                self.decide,
                ("choose", "choose", "choose", "decline_capacity"),
            ),
            ("proposal", ("chosen",)): (self.name, ("name", "name", "release_places")),
            ("named_person", ("to_ask",)): (self.hear, ("yes", "yes", "yes", "no", "release")),
            ("transfer_request", ("in_review",)): (
                self.review,
                ("suitable", "suitable", "not_suitable", "more_information"),
            ),
            ("transfer_request", ("options_offered",)): (
                self.choose,
                ("choose", "choose", "stay", "decline", "choose"),
            ),
            ("transfer_request", ASKED_FOR_ONESELF): (self.say, PATIENT_VERBS),
            ("transfer", MOVING): (self.hand_over, ("get_on", "get_on", "get_on", *TRANSFER_VERBS)),
        }
        return [
            work
            for (table, states), work in kinds.items()
            if any(self.states[f"{table} {state}"] for state in states)
        ]

    # What anybody may try -------------------------------------------------------------------------

    def act(self, name: str, do: Callable[[Session], object], actor: Actor = SYSTEM) -> None:
        """Do one thing in one transaction; being refused is an answer, anything else a fault."""
        try:
            with self.database.unit_of_work(actor) as session:
                did = do(session)
        except DmasError:
            self.done[f"{name}, refused"] += 1
        else:
            self.done[name] += did is not None

    def pick(
        self, session: Session, model: type[Any], which: int, order: Any, *conditions: ColumnElement[bool]
    ) -> Any:
        """Return one of the rows there are, or None."""
        rows = session.scalars(select(model).where(*conditions).order_by(order)).all()
        return rows[which % len(rows)] if rows else None

    def of(self, code: str) -> Actor:
        """Return the manager of a provider."""
        independent = code == self.providers[-1]
        return staff_of(code, Role.INDEPENDENT_MANAGER if independent else Role.CAPACITY_MANAGER)

    # Offers ---------------------------------------------------------------------------------------

    def post_offer(self, which: int, places: int, short: bool) -> None:
        """A provider offers places."""
        code = self.sites[which % len(self.sites)]
        days = 14 if short else 90

        def do(session: Session) -> Offer:
            site = session.get_one(Site, code)
            window = {"window_to": london_date(self.now) + timedelta(days=days)}
            return make_offer(session, now=self.now, places=places, site=site, **window)

        self.act("offer posted", do)

    def change_offer(self, which: int, verb: str) -> None:
        """A provider changes its mind about an offer."""

        def do(session: Session) -> object:
            live = Offer.status.in_(("open", "suspended"))
            offer = self.pick(session, Offer, which, Offer.reference, live)
            if offer is None:
                return None
            reasoned = {"reference": offer.reference, "reason": "safety" if verb == "suspend" else "staffing"}
            plain = {"reference": offer.reference}
            commands: dict[str, Callable[[], Any]] = {
                "withdraw": lambda: WithdrawOffer(**reasoned),
                "suspend": lambda: SuspendOffer(**reasoned),
                "resume": lambda: ResumeOffer(**plain),
                "close": lambda: CloseOffer(**plain),
                "confirm_still_true": lambda: ConfirmOffer(**plain),
            }
            service = getattr(offers, verb)
            return service(session, commands[verb](), actor=self.of(offer.provider_code), now=self.now)

        self.act(f"offer {verb}", do)

    # Requests -------------------------------------------------------------------------------------

    def post_request(self, which: int, places: int, weeks: int, approved: bool) -> None:
        """A trust asks for help; its ICB may approve at once."""
        code = self.providers[which % 2]

        def do(session: Session) -> CareRequest:
            status = RequestStatus.OPEN if approved else RequestStatus.AWAITING_ICB
            trust = session.get_one(Organisation, code)
            line = {"places": places, "weeks_from": weeks, "weeks_to": weeks}
            return make_request(session, now=self.now, trust=trust, status=status, **line)

        self.act("request posted", do)

    def change_request(self, which: int, withdraw: bool) -> None:
        """An ICB approves, or the trust takes its request back."""

        def do(session: Session) -> object:
            live = CareRequest.status == ("open" if withdraw else "awaiting_icb")
            found = self.pick(session, CareRequest, which, CareRequest.reference, live)
            if found is None:
                return None
            if withdraw:
                command = WithdrawRequest(reference=found.reference, reason="treated_at_home")
                return requests.withdraw(session, command, actor=self.of(found.provider_code), now=self.now)
            icb = Actor(
                id="icb",
                name="An ICB",
                role=Role.ICB_COORDINATOR,
                organisation=found.icb_code,
                reach=Reach.ICB,
            )
            approval = ApproveRequest(reference=found.reference)
            return requests.approve(session, approval, actor=icb, now=self.now)

        self.act("request withdrawn" if withdraw else "request approved", do)

    # The night ------------------------------------------------------------------------------------

    def run_nights(self, days: int) -> None:
        """Let days go by and run the night, twice."""
        self.now += timedelta(days=days)
        date = london_date(self.now)
        report = run_night(self.night_database, service_date=date, now=self.now, owner="tests")
        again = run_night(self.night_database, service_date=date, now=self.now, owner="tests")
        assert report.status == "applied"
        assert again.already_done
        self.done["night"] += 1
        self.done["proposal"] += report.counts["proposals"]

    # Matches --------------------------------------------------------------------------------------

    def answer(self, which: int, verb: str) -> None:
        """A receiver answers, or the home trust its question."""

        def do(session: Session) -> object:
            found = self.live(session, which, TO_ANSWER)
            if found is None:
                return None
            step = {"reference": found.reference, "version": found.version}
            places = max(1, found.held - which % 2)
            commands: dict[str, Callable[[], Any]] = {
                "accept": lambda: AcceptProposal(
                    **step, places=places, subject_to="An echo." if which % 3 == 0 else None
                ),
                "decline": lambda: DeclineProposal(**step, reason="no_capacity"),
                "ask": lambda: AskForInformation(**step, question="Which side is it?"),
                "answer_question": lambda: AnswerQuestion(**step, answer="The left."),
            }
            side = found.home_code if verb == "answer_question" else found.receiver_code
            return getattr(proposals, verb)(session, commands[verb](), actor=self.of(side), now=self.now)

        self.act(f"match {verb}", do)

    def decide(self, which: int, verb: str) -> None:
        """The home trust decides about places the receiver accepted."""

        def do(session: Session) -> object:
            found = self.live(session, which, TO_DECIDE)
            if found is None:
                return None
            step = {"reference": found.reference, "version": found.version}
            commands: dict[str, Callable[[], Any]] = {
                "choose": lambda: ChooseCapacity(**step),
                "decline_capacity": lambda: DeclineCapacity(**step, reason="too_far"),
            }
            return getattr(proposals, verb)(
                session, commands[verb](), actor=self.of(found.home_code), now=self.now
            )

        self.act(f"capacity {verb}", do)

    def live(self, session: Session, which: int, states: tuple[str, ...]) -> Any:
        """Return one of the matches in some states; now and then any, of which the step must be refused."""
        wanted = Proposal.status.in_(LIVE if which == 11 else states)
        return self.pick(session, Proposal, which, Proposal.reference, wanted)

    def name(self, which: int, verb: str) -> None:
        """The home trust names somebody, or gives a place back."""

        def do(session: Session) -> object:
            found = self.pick(session, Proposal, which, Proposal.reference, Proposal.status == "chosen")
            if found is None:
                return None
            if verb == "release_places":
                back = ReleasePlaces(reference=found.reference, version=found.version, places=1)
                return proposals.release_places(session, back, actor=self.of(found.home_code), now=self.now)
            command = person(found, self.now, clock_start=found.waiting_since)
            return proposals.name_person(session, command, actor=self.of(found.home_code), now=self.now)

        self.act("person named" if verb == "name" else "places released", do)

    def hear(self, which: int, said: str) -> None:
        """A person answers, or their naming is taken back."""

        def do(session: Session) -> object:
            waits = NamedPerson.consent == ("yes" if which == 11 else "to_ask")
            named = self.pick(session, NamedPerson, which, NamedPerson.named_at, waits)
            if named is None:
                return None
            actor, reference = self.of(named.home_code), named.proposal.reference
            if said == "release":
                step = ReleasePerson(reference=reference, person_id=named.id, version=named.version)
                assert isinstance(step, PersonStep)
                return proposals.release_person(session, step, actor=actor, now=self.now)
            command = consent(named, reference, self.now, Consent(said))
            return proposals.record_consent(session, command, actor=actor, now=self.now)

        self.act(f"person said {said}", do)

    # Patients' own requests -----------------------------------------------------------------------

    def ask_for_oneself(self, which: int) -> None:
        """Somebody who waits at a trust asks to be treated elsewhere."""
        code = self.providers[which % 2]

        def do(session: Session) -> TransferRequest:
            trust = session.get_one(Organisation, code)
            return make_transfer_request(
                session, now=self.now, status=TransferStatus.IN_REVIEW, trust=trust, weeks=42 + 2 * which
            )

        self.act("asked for oneself", do)

    def asked(self, session: Session, which: int, *states: str) -> Any:
        """Return one of the patients' requests in some states, or None."""
        wanted = TransferRequest.status.in_(states)
        return self.pick(session, TransferRequest, which, TransferRequest.reference, wanted)

    def review(self, which: int, verb: str) -> None:
        """A clinician of the home trust decides."""

        def do(session: Session) -> object:
            found = self.asked(session, which, "in_review")
            if found is None:
                return None
            reviewer = staff_of(found.home_code, Role.CLINICAL_REVIEWER)
            values = {
                "suitable": {},
                "not_suitable": {"reason": "complex"},
                "more_information": {"question": "Do you take blood thinners?"},
            }[verb]
            return decide(session, found, now=self.now, actor=reviewer, outcome=ReviewOutcome(verb), **values)

        self.act(f"review {verb}", do)

    def choose(self, which: int, verb: str) -> None:
        """A patient looks at their options and says."""

        def do(session: Session) -> object:
            found = self.asked(session, which, "options_offered")
            if found is None:
                return None
            patient, here = (
                Actor.patient(found.patient_id),
                {"reference": found.reference, "version": found.version},
            )
            if verb == "stay":
                return requests.stay(session, Stay(**here), actor=patient, now=self.now)
            if verb == "decline":
                return proposals.decline_options(session, DeclineOptions(**here), actor=patient, now=self.now)
            shown = Proposal.status == "offered"
            own = Proposal.request_id == found.care_request_id
            option = self.pick(session, Proposal, which, Proposal.reference, shown, own)
            chosen = ChooseOption(**here, proposal_reference=option.reference)
            return proposals.choose_option(session, chosen, actor=patient, now=self.now)

        self.act(f"option {verb}", do)

    def say(self, which: int, verb: str) -> None:
        """A patient says something about their request, or a clinician answers."""

        def do(session: Session) -> object:
            states = {"clear": ("searching",), "supply": ("needs_information",), "search_again": ("resting",)}
            found = self.asked(session, which, *states.get(verb, ASKED_FOR_ONESELF))
            if found is None:
                return None
            patient, here = Actor.patient(found.patient_id), {"reference": found.reference}
            clinician = staff_of(found.home_code, Role.CLINICAL_REVIEWER)
            steps: dict[str, tuple[Actor, Callable[..., Any], Callable[[], Any]]] = {
                "supply": (
                    patient,
                    requests.supply_information,
                    lambda: SupplyInformation(**here, text="No."),
                ),
                "search_again": (patient, requests.search_again, lambda: SearchAgain(**here)),
                "changed": (
                    patient,
                    requests.say_changed,
                    lambda: SayChanged(**here, what="My hip is worse."),
                ),
                "clear": (clinician, requests.clear_change, lambda: ClearChange(**here)),
                "withdraw": (patient, requests.withdraw_transfer, lambda: WithdrawTransfer(**here)),
            }
            actor, service, command = steps[verb]
            return service(session, command(), actor=actor, now=self.now)

        self.act(f"patient {verb}", do)

    # Hand-overs -----------------------------------------------------------------------------------

    def hand_over(self, which: int, verb: str) -> None:
        """One side takes a step with a hand-over."""

        def do(session: Session) -> object:
            moving = Transfer.status.in_(MOVING)
            found = self.pick(session, Transfer, which, Transfer.reference, moving)
            if found is None:
                return None
            todo = NEXT_VERB[found.status] if verb == "get_on" else verb
            self.done[f"transfer {todo} tried"] += 1
            return self._step(session, found, todo)

        self.act(f"transfer {verb}", do)

    def _step(self, session: Session, found: Transfer, verb: str) -> object:
        home, receiver = (
            staff_of(code, Role.BOOKING_CLERK) for code in (found.home_code, found.receiver_code)
        )
        today = london_date(self.now)
        if verb == "send" and found.status == "preparing":
            fill = CompleteDataSet(reference=found.reference, version=found.version, values=TYPED)
            transfers.complete_data_set(session, fill, actor=home, now=self.now)
        here = {"reference": found.reference, "version": found.version}
        steps: dict[str, tuple[Actor, Callable[[], Any]]] = {
            "send": (home, lambda: SendTransfer(**here)),
            "confirm": (receiver, lambda: ConfirmTransfer(**here, home_slot_cancelled=True)),
            "give_date": (receiver, lambda: GiveDate(**here, first_date=today + timedelta(days=9))),
            "record_treated": (receiver, lambda: RecordTreated(**here, treated_on=today)),
            "return_to_home": (
                receiver,
                lambda: ReturnTransfer(**here, reason="condition_changed", patient_phoned_at=self.now),
            ),
            "re_register": (
                home,
                lambda: ReRegister(
                    **here,
                    re_registered_on=today,
                    clock_start=found.clock_start,
                    patient_phoned_at=self.now,
                ),
            ),
            "cancel": (home, lambda: CancelTransfer(**here, reason="patient_changed_mind")),
        }
        actor, command = steps[verb]
        return getattr(transfers, verb)(session, command(), actor=actor, now=self.now)

    # What always holds ----------------------------------------------------------------------------

    @invariant()
    def no_rule_is_broken(self) -> None:
        """Every rule that `dmas doctor` knows holds."""
        self.done["step"] += 1
        with self.whole.unit_of_work(SYSTEM) as session:
            assert breaches(session, invariants.ALL) == []
            self.states = Counter({row[0]: row[1] for row in session.execute(STATES)})

    @invariant()
    def no_clock_moves(self) -> None:
        """The clock a person came with is the clock they have."""
        with self.whole.unit_of_work(SYSTEM) as session:
            rows = session.execute(
                select(NamedPerson.home_code, NamedPerson.pathway_id, NamedPerson.clock_start)
            )
            waits = session.execute(select(Pathway.provider_code, Pathway.pathway_id, Pathway.clock_start))
            for home, pathway, clock in (*rows, *waits):
                assert self.clocks.setdefault(f"{home} {pathway}", clock) == clock

    @invariant()
    def nobody_is_offered_their_own_trust(self) -> None:
        """No option of a patient is at the trust they wait at, and no clock was ever stopped."""
        with self.whole.unit_of_work(SYSTEM) as session:
            own = select(Proposal.reference).where(Proposal.home_code == Proposal.receiver_code)
            assert session.scalars(own).all() == []
            stopped = select(Transfer.reference).where(Transfer.rtt_status.in_(("31", "35", "36")))
            assert session.scalars(stopped).all() == []
