"""The outbox for a national administrator, and a home trust's post: letters to print, people to tell."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from dmas.core.actors import Role
from dmas.notifications import policy, presenters, queries, services
from dmas.notifications.commands import FinishContact, SayToPatients
from dmas.notifications.forms import AllPrintedForm, PrintedForm, ResendForm, ToldForm, WordingForm
from dmas.notifications.vocabulary import ContactOutcome, LetterState, MessageState
from dmas.web import access, pages

blueprint = Blueprint("notifications", __name__, template_folder="templates")

POST_ROOM = sorted(policy.POST_ROOM)


@blueprint.get("/admin/outbox")
@access.staff(Role.NATIONAL_ADMINISTRATOR)
def outbox() -> ResponseReturnValue:
    """List the messages, newest first, and how the outbox stands."""
    actor, listing, now = access.current_actor(), presenters.OUTBOX.listing(), pages.now()
    state = listing.value("state")
    with pages.transaction() as session:
        standing = queries.standing(session, actor, now)
        rows, total = queries.page(
            session,
            actor,
            state=MessageState(state) if state else None,
            template=listing.value("template"),
            **listing.bounds,
        )
    listing = listing.filled(rows, total)
    return pages.show_list(
        listing, "notifications/outbox.html", file="messages", figures=presenters.figures(standing, now)
    )


@blueprint.get("/admin/outbox/<uuid:message_id>")
@access.staff(Role.NATIONAL_ADMINISTRATOR)
def message(message_id: uuid.UUID) -> ResponseReturnValue:
    """Show one message and, where it was given up, a button that sends it again."""
    with pages.transaction() as session:
        found = queries.get(session, access.current_actor(), message_id)
    return pages.render(
        "notifications/message.html",
        message_id=found.id,
        subject=presenters.subject(found),
        facts=presenters.facts(found),
        resend=ResendForm() if queries.state_of(found) is MessageState.DEAD else None,
    )


@blueprint.post("/admin/outbox/<uuid:message_id>/resend")
@access.staff(Role.NATIONAL_ADMINISTRATOR)
def resend(message_id: uuid.UUID) -> ResponseReturnValue:
    """Let a message that was given up be tried again."""
    with pages.once(ResendForm()) as step:
        services.resend(step.session, message_id, actor=access.current_actor(), now=step.now)
        step.outcome = url_for("notifications.message", message_id=message_id)
        step.notice = "The message goes with the next delivery, within a minute."
    return pages.go(step)


@blueprint.get("/letters")
@access.staff(*POST_ROOM)
def letters() -> ResponseReturnValue:
    """List the trust's letters, those to print first, with all that wait in one file."""
    actor, listing = access.current_actor(), presenters.LETTERS.listing()
    state = listing.value("state")
    with pages.transaction() as session:
        rows, total = queries.letters(
            session,
            actor,
            state=LetterState(state) if state else None,
            **listing.bounds,
        )
        to_print, to_tell = queries.post_waiting(session, actor)
        until = queries.printing_until(session, actor)
    listing = listing.filled(rows, total)
    return pages.show_list(
        listing,
        "notifications/letters.html",
        file="letters",
        to_print=min(to_print, queries.MOST_AT_ONCE),
        to_tell=to_tell,
        until=until.isoformat() if until else "",
        printed=AllPrintedForm(until=until.isoformat() if until else ""),
    )


@blueprint.get("/letters/to-print.zip")
@access.staff(*POST_ROOM)
def letters_to_print() -> ResponseReturnValue:
    """Give the letters that wait, up to a moment, as one file of PDFs; each is recorded as looked at."""
    until = presenters.moment_of(request.args.get("until", ""))
    with pages.transaction() as session:
        waiting = services.take_letters(session, until=until, actor=access.current_actor(), now=pages.now())
        packed = presenters.zipped(waiting)
    return _download(packed, "application/zip", "letters-to-print.zip")


@blueprint.post("/letters/printed")
@access.staff(*POST_ROOM)
def all_printed() -> ResponseReturnValue:
    """Write that the letters of the file were printed and posted."""
    form = AllPrintedForm()
    with pages.once(form) as step:
        until = presenters.moment_of(form.until.data or "")
        services.mark_all_printed(step.session, until=until, actor=access.current_actor(), now=step.now)
        step.outcome, step.notice = url_for("notifications.letters"), "The letters are marked as printed."
    return pages.go(step)


@blueprint.get("/letters/<uuid:letter_id>")
@access.staff(*POST_ROOM)
def letter(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Show what is known of a letter, its PDF to open and a button for when it is posted."""
    with pages.transaction() as session:
        found = queries.letter(session, access.current_actor(), letter_id)
    return pages.render(
        "notifications/letter.html",
        letter_id=found.id,
        heading=presenters.letter_heading(found),
        facts=presenters.letter_facts(found),
        printed=PrintedForm() if found.printed_at is None else None,
    )


@blueprint.get("/letters/<uuid:letter_id>/letter.pdf")
@access.staff(*POST_ROOM)
def letter_pdf(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Give a letter as PDF; that somebody looked at it is recorded."""
    with pages.transaction() as session:
        found = services.take_letter(session, letter_id, actor=access.current_actor(), now=pages.now())
    return _download(found.pdf, "application/pdf", "letter.pdf")


@blueprint.post("/letters/<uuid:letter_id>/printed")
@access.staff(*POST_ROOM)
def letter_printed(letter_id: uuid.UUID) -> ResponseReturnValue:
    """Write that a letter was printed and posted."""
    with pages.once(PrintedForm()) as step:
        actor = access.current_actor()
        queries.letter(step.session, actor, letter_id)
        services.mark_printed(step.session, [letter_id], actor=actor, now=step.now)
        step.outcome = url_for("notifications.letter", letter_id=letter_id)
        step.notice = "The letter is marked as printed."
    return pages.go(step)


@blueprint.get("/letters/to-tell")
@access.staff(*POST_ROOM)
def people_to_tell() -> ResponseReturnValue:
    """List who may not or cannot be written to, and has news to hear."""
    listing = presenters.TO_TELL.listing()
    with pages.transaction() as session:
        rows, total = queries.contact_tasks(
            session,
            access.current_actor(),
            done=bool(listing.value("done")),
            **listing.bounds,
        )
    listing = listing.filled(rows, total)
    return pages.show_list(listing, "notifications/people_to_tell.html", file="people-to-tell")


@blueprint.route("/letters/to-tell/<uuid:task_id>", methods=["GET", "POST"])
@access.staff(*POST_ROOM)
def to_tell(task_id: uuid.UUID) -> ResponseReturnValue:
    """Show what somebody is to be told and why not by message, and take down how it went."""
    form, actor = ToldForm(), access.current_actor()
    with pages.transaction() as session:
        task = queries.contact_task(session, actor, task_id)
    done = pages.act(
        form,
        lambda step: services.finish_contact(
            step.session,
            FinishContact(task_id, ContactOutcome(form.outcome.data or "")),
            actor=actor,
            now=step.now,
        ),
        outcome=url_for("notifications.people_to_tell"),
        notice="Thank you. It is written down.",
    )
    return done or pages.render(
        "notifications/to_tell.html",
        form,
        heading=presenters.task_heading(task),
        facts=presenters.task_facts(task),
        say=presenters.what_to_say(task),
        still_to_do=task.done_at is None,
    )


@blueprint.route("/letters/our-words", methods=["GET", "POST"])
@access.staff(Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER)
def our_words() -> ResponseReturnValue:
    """Show and change what the trust's patients read on everything."""
    actor = access.current_actor()
    code = actor.organisation or ""
    with pages.transaction() as session:
        kept = queries.wording(session, code)
    form = WordingForm(obj=kept)
    done = pages.act(
        form,
        lambda step: services.say_to_patients(
            step.session,
            SayToPatients(
                organisation_code=code,
                version=form.version.data,
                phone=form.phone.data or "",
                worse=form.worse.data or "",
            ),
            actor=actor,
            now=step.now,
        ),
        outcome=url_for("notifications.letters"),
        notice="Your patients read the new words from now on.",
    )
    return done or pages.render("notifications/our_words.html", form)


def _download(content: bytes, kind: str, name: str) -> Response:
    return Response(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
