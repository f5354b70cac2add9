"""Invented people who wait: names, numbers of the test range, places that do not exist, and their needs.

Everything of a person follows from their number, so that the same demo comes out each time. The postcodes
lie in areas that the post does not have, round the invented trusts; phone numbers are kept for drama.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta

from dmas.core.nhs_number import check_digit
from dmas.demo.england import Invented
from dmas.providers.models import Outcode

WOMEN = (
    "Abena", "Adaeze", "Agnes", "Aisling", "Alina", "Amrit", "Anouk", "Beatrix", "Bethan", "Blessing",
    "Brigid", "Carmela", "Catrin", "Chiara", "Daria", "Delphine", "Edith", "Eirlys", "Elif", "Esme",
    "Fatou", "Fenella", "Freya", "Gita", "Greta", "Halina", "Hettie", "Ilse", "Imogen", "Isla",
    "Jadwiga", "Jaya", "Josephine", "Kamala", "Keziah", "Leila", "Lorna", "Lucinda", "Mairead", "Marcia",
    "Meera", "Morwenna", "Nadia", "Ngozi", "Noreen", "Odette", "Olwen", "Oyin", "Paloma", "Ruby",
    "Saoirse", "Shanti", "Sylvie", "Tamsin", "Thandi", "Ursula", "Winifred", "Yasmin", "Zara", "Zofia",
)  # fmt: skip
MEN = (
    "Abel", "Adeola", "Alasdair", "Amir", "Anselm", "Ashok", "Barnaby", "Bilal", "Callum", "Cedric",
    "Chidi", "Cormac", "Dafydd", "Desmond", "Dmitri", "Edgar", "Eamon", "Elwyn", "Emeka", "Felix",
    "Fergus", "Gethin", "Gideon", "Gurdeep", "Hector", "Hugo", "Ibrahim", "Idris", "Ivor", "Jarek",
    "Jasper", "Joaquin", "Kwame", "Lachlan", "Leopold", "Luca", "Magnus", "Manoj", "Mateusz", "Merlin",
    "Milo", "Nasir", "Nikhil", "Oisin", "Orson", "Osman", "Padraig", "Rafael", "Rhodri", "Rohan",
    "Rufus", "Seamus", "Silas", "Stellan", "Tobias", "Tunde", "Viktor", "Wilfred", "Yusuf", "Zebedee",
)  # fmt: skip
SURNAMES = (
    "Abberton", "Ackersley", "Adeleke", "Alderwick", "Amberley", "Anand", "Appledore", "Arkwell", "Asante",
    "Aysgarth", "Bainbridge", "Bamford", "Banerji", "Barrowby", "Beckwith", "Bellamy", "Bhatt", "Blackthorn",
    "Boateng", "Bracewell", "Bramhall", "Brightling", "Brockley", "Byrne", "Cadwell", "Carrick", "Castleton",
    "Chaudry", "Cheveley", "Clayworth", "Coldwell", "Connolly", "Copley", "Crowhurst", "Dalby", "Danquah",
    "Darrowby", "Denholm", "Desai", "Dovedale", "Drayton", "Eccleston", "Edgeworth", "Ellerby", "Fairholme",
    "Farnley", "Featherby", "Fenwick", "Flaxton", "Foxley", "Gaddesby", "Garforth", "Gillow", "Glenister",
    "Goswami", "Grayling", "Gresley", "Haldane", "Hallam", "Harcastle", "Hawksworth", "Hazelrigg", "Heyford",
    "Holloway", "Hoskyns", "Ilderton", "Iqbal", "Jagger", "Kaczmar", "Kellaway", "Kilbride", "Kingsley",
    "Kowal", "Langdale", "Larkham", "Leyburn", "Lindqvist", "Lockyer", "Lovage", "Mahmud", "Malham",
    "Marchetti", "Marwood", "Mensah", "Merriden", "Moorcroft", "Mulgrave", "Nadkarni", "Netherby", "Nkemelu",
    "Norbury", "Oakeshott", "Okonjo", "Ormesby", "Osgathorpe", "Padgett", "Pemberley", "Pickersgill",
    "Quarmby", "Rahman", "Ravensworth", "Redmayne", "Rosedale", "Rudyard", "Sandiford", "Seabrook",
    "Selwood", "Sharrow", "Sokolow", "Stannard", "Swinbrook", "Tattersall", "Thornley", "Tideswell",
    "Uppingham", "Vaswani", "Wadlow", "Wetherby", "Wolkowicz", "Yaxley",
)  # fmt: skip
STREETS = ("Orchard Row", "Mill Rise", "Station Terrace", "Chapel Close", "Riverside Walk", "Larch Avenue",
           "Beacon View", "Foundry Lane", "Meadow Court", "Harbour Street")  # fmt: skip
LANGUAGES = ("Polish", "Urdu", "Bengali", "Somali", "Romanian", "Portuguese", "British Sign Language")
NEEDS = ("Large print", "Easy Read", "Braille", "Uses a wheelchair", "Hard of hearing", "Brings a carer")

DISTRICTS = 6
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedPerson:
    """Somebody who does not exist."""

    nhs_number: str
    given: str
    family: str
    born: date
    sex: str
    address: str
    postcode: str
    mobile: str = ""
    email: str = ""
    preference: str = ""
    language: str = ""
    needs: str = ""
    safe: str = "ANY"


def nhs_number(number: int) -> str:
    """Return the n-th number of the test range 999 1…; those without a check digit are passed over."""
    nine = f"9991{number:05d}"
    check = check_digit(nine)
    return f"{nine}{check}" if check is not None else nhs_number(number + 50_000)


def name(number: int) -> tuple[str, str, str]:
    """Return given name, family name and sex of the n-th person; 14,400 differ."""
    given = (number * 7) % 120
    family = (number // 120 + number * 7) % 120
    first = WOMEN[given // 2] if given % 2 else MEN[given // 2]
    return first, SURNAMES[family], "F" if given % 2 else "M"


def person(number: int, near: Invented, today: date, chance: random.Random) -> InventedPerson:
    """Return the n-th person, living near a provider; `chance` draws their age, needs and ways of contact."""
    given, family, sex = name(number)
    has_mobile, has_email = chance.random() < 0.8, chance.random() < 0.6
    born = today - timedelta(days=chance.randint(19 * 366, 88 * 366))
    place = near.name.removesuffix(" NHS Trust").removesuffix(" Hospitals").split(" and ")[0]
    special, limit = chance.random(), chance.random()
    return InventedPerson(
        nhs_number=nhs_number(number),
        given=given,
        family=family,
        born=born,
        sex=sex,
        address=f"{chance.randint(1, 180)} {chance.choice(STREETS)}, {place}",
        postcode=f"{district(near, number)} {chance.randint(1, 9)}{_two(number)}",
        mobile=f"07700 900{number % 1000:03d}" if has_mobile else "",
        email=f"{given}.{family}.{number}@example.org".lower() if has_email else "",
        preference=chance.choice(("", "SMS", "EMAIL", "LETTER", "LETTER")),
        language=chance.choice(LANGUAGES) if special < 0.05 else "",
        needs=chance.choice(NEEDS) if 0.05 <= special < 0.12 else "",
        safe="NO_LETTER"
        if limit < 0.01
        else "NO_SMS"
        if limit < 0.02
        else "ASK_FIRST"
        if limit < 0.03
        else "ANY",
    )


def district(near: Invented, number: int) -> str:
    """Return the invented postcode district of somebody near a trust, such as `ZA83`."""
    return f"{near.code}{number % DISTRICTS + 1}"


def districts(trusts: tuple[Invented, ...]) -> list[Outcode]:
    """Return the centres of all invented districts: on a ring of some miles round each trust."""
    found = []
    for trust in trusts:
        _, latitude, longitude = trust.sites[0]
        for number in range(DISTRICTS):
            angle, degrees = number * 2 * math.pi / DISTRICTS, 0.03 + 0.03 * (number % 3)
            found.append(
                Outcode(
                    code=district(trust, number),
                    latitude=round(latitude + degrees * math.cos(angle), 4),
                    longitude=round(longitude + 1.6 * degrees * math.sin(angle), 4),
                )
            )
    return found


def _two(number: int) -> str:
    return _LETTERS[number % 20] + _LETTERS[number // 20 % 20]
