"""The last invitations of the demo, which really go out: into the log, or as letters to be printed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from dmas.demo.patients import Askers
from dmas.demo.personas import HOME, PATIENTS
from dmas.demo.waiting import Wait
from dmas.notifications import letters
from dmas.notifications.commands import DoNotSend, NotYet, PatientAddress
from dmas.notifications.delivery import Console, ConsoleTexts, PatientPost, deliver_due
from dmas.notifications.models import OutboxMessage
from dmas.waitinglist import queries, services
from dmas.waitinglist.commands import InvitePathway
from dmas.waitinglist.models import Invitation

AT_ONCE = 16


def invite_last(
    askers: Askers, waits: list[Wait], keys: Mapping[str, tuple[uuid.UUID, uuid.UUID]], base_url: str
) -> None:
    """Invite the persona who has just been invited, and some who were on the same day; then deliver."""
    stage, persona = askers.stage, PATIENTS[0]
    now = stage.at(1, 17)
    manager = stage.manager(HOME)
    crossed = [
        one
        for one in waits
        if one.trust.code == HOME and one.can_ask and 281 < (stage.today - one.clock_start).days < 330
    ]
    just = next(one for one in waits if (one.who.given, one.who.family) == (persona.given, persona.family))
    for wait in [just, *[one for one in crossed if one is not just][: AT_ONCE - 1]]:
        with askers.acting(manager) as session:
            command = InvitePathway(keys[wait.pathway_id][0])
            services.invite(session, command, secret_key=askers.secret_key, actor=manager, now=now)
    deliver_due(
        stage.database,
        transport=Console(),
        address_book={},
        patients=PatientPost(
            find=find,
            code_of=partial(services.code_of, secret_key=askers.secret_key),
            texts=ConsoleTexts(),
            set_letter=letters.set_letter,
        ),
        base_url=base_url,
        now=lambda: stage.at(1, 18),
        owner="demo",
    )


def find(session: Session, message: OutboxMessage, _today: date) -> PatientAddress | DoNotSend | NotYet:
    """Return how somebody who was just invited is reached."""
    invitation = session.get_one(Invitation, uuid.UUID(message.values["invitation"]))
    return queries.address_of_patient(
        session, message.recipient_id, can_text=True, pathway_id=invitation.pathway_id
    )
