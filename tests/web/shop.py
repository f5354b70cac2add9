"""A made-up room with one page of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from dmas.core.actors import Role
from dmas.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.web import access, lists, pages
from dmas.web.forms import (
    Choice,
    ChoiceField,
    ChoicesField,
    ConfirmField,
    DateField,
    DecimalField,
    DmasForm,
    EmailField,
    FileField,
    HiddenField,
    LongTextField,
    PasswordField,
    SelectField,
    TextField,
    WholeNumberField,
)

blueprint = Blueprint("shop", __name__, url_prefix="/shop", template_folder="templates")

# What the made-up service did, and what it shall refuse: set by the tests.
done: list[str] = []


class Size(StrEnum):
    """Two sizes."""

    SMALL = "small"
    LARGE = "large"

    @property
    def label(self) -> str:
        """The size in words."""
        return f"A {self.value} one"


class OrderForm(DmasForm):
    """One field of each kind."""

    called = TextField("What is it called?", required="Enter its name", max=20, called="Name", width=20)
    notes = LongTextField("Notes", hint="What the baker should know", max=50)
    places = WholeNumberField("Places", required="Enter how many places", low=1, high=500, suffix="places")
    weight = DecimalField("Weight", low=0, high=300, places=1)
    ready_on = DateField("Ready on", required="Enter the date it is ready", hint="For example, 15 3 2027")
    size = ChoiceField("Size", choices=Size, required="Choose a size", hint="As it looks in the window")
    kind = SelectField("Kind", choices=[("loaf", "Loaf"), ("roll", "Roll")], required="Choose a kind")
    extras = ChoicesField(
        "Extras",
        choices=[
            ("seeds", "Seeds"),
            ("salt", "Salt", "A little"),
            Choice("none", "None", alone=True),
        ],
    )
    email = EmailField("Email address")
    password = PasswordField("Password")
    list_file = FileField("List", accept=(".csv", ".xlsx"))
    agreed = ConfirmField("I have read this", required="Tick the box when you have", hint="All of it")
    from_page = HiddenField("From", max=10)


class NoteForm(DmasForm):
    """One field, and the version of what it changes."""

    note = TextField("Note", required="Enter a note", max=40)


@dataclass(frozen=True)
class Loaf:
    """A row of the list."""

    reference: str
    kind: str
    places: int
    price: str


LOAVES = [
    Loaf(f"LF-{n:03}", "rye" if n % 2 else "oat", n, "=1+1" if n == 1 else "2.00") for n in range(1, 131)
]

FURNITURE = lists.Furniture[Loaf](
    caption="Loaves",
    one="loaf",
    many="loaves",
    columns=(
        lists.Column("Reference", lambda loaf: lists.Link(loaf.reference, f"/shop/{loaf.kind}"), "ref"),
        lists.Column[Loaf]("Kind", lambda loaf: lists.Tag(loaf.kind, "green")),
        lists.Column("Places", lambda loaf: loaf.places, "places", numeric=True),
        lists.Column("Price", lambda loaf: loaf.price, export=lambda loaf: loaf.price),
    ),
    filters=(
        lists.TextFilter("q", "Reference", hint="Or a part of it"),
        lists.SelectFilter("kind", "Kind", [("rye", "Rye"), ("oat", "Oat")]),
        lists.MultiFilter("shelf", "Shelf"),
    ),
    sort="ref",
    empty="No loaves yet. Bake one to see it here.",
    keep=("pathway",),
)


@blueprint.get("/open")
@access.public
def open_page() -> ResponseReturnValue:
    """A page for everybody."""
    return pages.render("shop/page.html", heading="Open")


@blueprint.get("/staff")
@access.signed_in
def staff_page() -> ResponseReturnValue:
    """A page for everybody signed in."""
    return pages.render("shop/page.html", heading=access.current_actor().name)


@blueprint.get("/managers")
@access.staff(Role.CAPACITY_MANAGER)
def managers_page() -> ResponseReturnValue:
    """A page for one role."""
    return pages.render("shop/page.html", heading="Managers")


@blueprint.get("/code")
@access.half_signed_in
def code_page() -> ResponseReturnValue:
    """A page on the way in."""
    return pages.render("shop/page.html", heading="Code")


@blueprint.get("/undeclared")
def undeclared() -> str:
    """A page that forgot to say who may open it."""
    return "secret"


@blueprint.route("/order", methods=["GET", "POST"])
@access.public
def order() -> ResponseReturnValue:
    """A form with one field of each kind."""
    form = OrderForm()
    form.ready_on.earliest = date(2026, 11, 21)
    if form.validate_on_submit():
        done.append(repr({one.name: one.data for one in form.asks}))
        return pages.render("shop/page.html", heading="Ordered")
    return pages.render("shop/order.html", form)


@blueprint.route("/note", methods=["GET", "POST"])
@access.signed_in
def note() -> ResponseReturnValue:
    """A form that acts once, through a service that may refuse."""
    form = NoteForm(version=3)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            _act(str(form.note.data))
            step.outcome = "/shop/staff"
            step.notice = "Note kept."
        if not form.failed:
            return pages.go(step)
    return pages.render("shop/note.html", form)


@blueprint.get("/loaves")
@access.public
def loaves() -> ResponseReturnValue:
    """A list with all its furniture."""
    listing = FURNITURE.listing(choices={"shelf": [("a", "Shelf A"), ("b", "Shelf B")]})
    found = [
        loaf
        for loaf in LOAVES
        if listing.value("kind") in {"", loaf.kind} and listing.value("q") in loaf.reference
    ]
    found.sort(key=lambda loaf: loaf.places, reverse=listing.descending)
    rows = found[listing.offset : listing.offset + listing.limit]
    listing = listing.filled(rows, len(found))
    if listing.wants_csv:
        return listing.csv("loaves")
    return pages.render("shop/loaves.html", listing=listing)


@blueprint.get("/parts")
@access.public
def parts() -> ResponseReturnValue:
    """Every small part on one page."""
    return pages.render("shop/parts.html", now=pages.now(), today=pages.today())


@blueprint.get("/refuse/<how>")
@access.public
def refuse(how: str) -> ResponseReturnValue:
    """A page that refuses in a given way."""
    refusals: dict[str, Exception] = {
        "not-found": NotFound("no"),
        "not-allowed": NotAllowed("no"),
        "conflict": Conflict("The places have gone."),
        "invalid": InvalidInput("The date is not one."),
        "database": OperationalError("SELECT", {}, Exception("gone")),
        "fault": ZeroDivisionError("secret detail"),
    }
    raise refusals[how]


@blueprint.post("/upload")
@access.public
def upload() -> ResponseReturnValue:
    """Something that takes a body."""
    return {"fields": len(request.form)}


def _act(note: str) -> None:
    if note == "stale":
        raise StaleEdit("Somebody else changed this.")
    if note == "gone":
        raise Conflict("The places have gone.")
    if note == "bad":
        raise InvalidInput("That note cannot be kept.", field="note")
    if note == "general":
        raise InvalidInput("Nothing can be kept today.")
    done.append(note)
