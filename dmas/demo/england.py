"""An invented England: forty providers that do not exist, in real places, codes and boards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.providers.models import Organisation, Site
from dmas.providers.services import load_england
from dmas.providers.vocabulary import LocationSource, OrganisationKind

OPENED_ON = date(2012, 4, 1)


@dataclass(frozen=True, slots=True)
class Invented:
    """A provider of the demo: code, name, board, region, and its sites with degrees north and east."""

    code: str
    name: str
    icb: str
    region: str
    sites: tuple[tuple[str, float, float], ...]
    independent: bool = False


def _trust(code: str, name: str, icb: str, region: str, *sites: tuple[str, float, float]) -> Invented:
    return Invented(code, f"{name} NHS Trust", icb, region, sites)


def _independent(code: str, name: str, icb: str, region: str, latitude: float, longitude: float) -> Invented:
    return Invented(code, name, icb, region, ((name, latitude, longitude),), independent=True)


PROVIDERS = (
    _trust("ZA1", "Lea Valley Hospitals", "QMF", "Y56",
           ("Lea Bridge Hospital", 51.56, -0.03), ("Roding Hospital", 51.59, 0.07)),
    _trust("ZA2", "Thames Reach University Hospitals", "QKK", "Y56",
           ("Thames Reach Hospital", 51.48, 0.02), ("Ravensbourne Hospital", 51.40, 0.01)),
    _trust("ZA3", "Wandle Park Hospitals", "QWE", "Y56", ("Wandle Park Hospital", 51.39, -0.17)),
    _trust("ZA4", "Heathlands and Brent Hospitals", "Z9B2Z", "Y56",
           ("Heathlands Hospital", 51.56, -0.15), ("Welsh Harp Hospital", 51.57, -0.25)),
    _trust("ZA5", "Gogmagog Hills University Hospitals", "S1Y5D", "Y61", ("Gogmagog Hospital", 52.17, 0.15)),
    _trust("ZA6", "Blackwater Estuary Hospitals", "D7T5G", "Y61", ("Blackwater Hospital", 51.74, 0.68)),
    _trust("ZA7", "Wensum and Waveney Hospitals", "T6Y0W", "Y61",
           ("Wensum Hospital", 52.62, 1.25), ("Waveney Hospital", 52.46, 1.56)),
    _trust("ZA8", "Rea Valley University Hospitals", "QHL", "Y60",
           ("Rea Valley Hospital", 52.45, -1.94), ("Cole Bank Hospital", 52.43, -1.83)),
    _trust("ZA9", "Tame and Stour Hospitals", "QUA", "Y60", ("Tame Hospital", 52.53, -2.02)),
    _trust("ZB1", "Godiva Hospitals", "QWU", "Y60", ("Godiva Hospital", 52.42, -1.44)),
    _trust("ZB2", "Derwent Vale Hospitals", "QJ2", "Y60", ("Derwent Vale Hospital", 52.91, -1.51)),
    _trust("ZB3", "Soar Valley Hospitals", "QK1", "Y60", ("Soar Valley Hospital", 52.63, -1.14)),
    _trust("ZB4", "Lindum Hospitals", "QJM", "Y60", ("Lindum Hospital", 53.23, -0.52)),
    _trust("ZB5", "Tyne Bridges Hospitals", "QHM", "Y63",
           ("Tyne Bridges Hospital", 54.98, -1.62), ("Derwenthaugh Hospital", 54.93, -1.70)),
    _trust("ZB6", "Aire and Wharfe Hospitals", "QWO", "Y63", ("Airedale Park Hospital", 53.81, -1.52)),
    _trust("ZB7", "Don Valley Hospitals", "QF7", "Y63", ("Don Valley Hospital", 53.41, -1.46)),
    _trust("ZB8", "Holderness Hospitals", "QOQ", "Y63", ("Holderness Hospital", 53.74, -0.36)),
    _trust("ZB9", "Irwell Hospitals", "QOP", "Y62",
           ("Irwell Hospital", 53.49, -2.32), ("Medlock Hospital", 53.49, -2.11)),
    _trust("ZC1", "Mersey Docks Hospitals", "QYG", "Y62", ("Mersey Docks Hospital", 53.42, -2.97)),
    _trust("ZC2", "Ribble and Lune Hospitals", "QE1", "Y62",
           ("Ribble Hospital", 53.79, -2.71), ("Lune Hospital", 54.04, -2.80)),
    _trust("ZC3", "Itchen Hospitals", "QRL", "Y59", ("Itchen Hospital", 50.93, -1.40)),
    _trust("ZC4", "Medway Weald Hospitals", "QKS", "Y59", ("Medway Weald Hospital", 51.28, 0.50)),
    _trust("ZC5", "Ouse and Downs Hospitals", "S9B9J", "Y59", ("Ouse Hospital", 50.88, 0.01)),
    _trust("ZC6", "Cherwell Hospitals", "S0E4D", "Y59", ("Cherwell Hospital", 51.77, -1.22)),
    _trust("ZC7", "Avon Gorge Hospitals", "QUY", "Y58", ("Avon Gorge Hospital", 51.47, -2.60)),
    _trust("ZC8", "Exe Valley Hospitals", "QJK", "Y58", ("Exe Valley Hospital", 50.72, -3.51)),
    _trust("ZC9", "Fal Hospitals", "QT6", "Y58", ("Fal Hospital", 50.27, -5.09)),
    _independent("ZN101", "Cavendish Orthopaedic Centre", "Z9B2Z", "Y56", 51.52, -0.15),
    _independent("ZN102", "Fenland Day Surgery", "S1Y5D", "Y61", 52.40, 0.26),
    _independent("ZN103", "Arden Surgical Centre", "QWU", "Y60", 52.28, -1.58),
    _independent("ZN104", "Malvern View Hospital", "QGH", "Y60", 52.11, -2.32),
    _independent("ZN105", "Trent Lock Hospital", "QT1", "Y60", 52.88, -1.28),
    _independent("ZN106", "Knavesmire Clinic", "QOQ", "Y63", 53.94, -1.10),
    _independent("ZN107", "Pennine Gate Hospital", "QWO", "Y63", 53.65, -1.78),
    _independent("ZN108", "Bollin Valley Hospital", "QYG", "Y62", 53.26, -2.12),
    _independent("ZN109", "Wyre Sands Day Surgery", "QE1", "Y62", 53.82, -3.03),
    _independent("ZN110", "Loddon Park Hospital", "S0E4D", "Y59", 51.44, -0.95),
    _independent("ZN111", "Seven Cliffs Clinic", "S9B9J", "Y59", 50.78, 0.27),
    _independent("ZN112", "Sedgemoor Treatment Centre", "QSL", "Y58", 51.13, -3.00),
    _independent("ZN113", "Cotswold Edge Hospital", "QR1", "Y58", 51.85, -2.24),
)  # fmt: skip

TRUSTS = tuple(provider for provider in PROVIDERS if not provider.independent)
INDEPENDENTS = tuple(provider for provider in PROVIDERS if provider.independent)


def load(session: Session, *, actor: Actor, now: datetime) -> None:
    """Write the nation, regions and boards as they are, and the invented providers with their sites."""
    load_england(session, actor=actor, now=now)
    session.flush()
    for provider in PROVIDERS:
        session.add(_organisation(provider))
    session.flush()
    for provider in PROVIDERS:
        session.add_all(_site(provider, number) for number in range(len(provider.sites)))
    session.flush()


def _organisation(provider: Invented) -> Organisation:
    _, latitude, longitude = provider.sites[0]
    return Organisation(
        code=provider.code,
        name=provider.name,
        kind=OrganisationKind.INDEPENDENT if provider.independent else OrganisationKind.TRUST,
        region_code=provider.region,
        icb_code=provider.icb,
        latitude=latitude,
        longitude=longitude,
        location_source=LocationSource.GIVEN,
        opened_on=OPENED_ON,
        raw={},
    )


def _site(provider: Invented, number: int) -> Site:
    name, latitude, longitude = provider.sites[number]
    return Site(
        code=f"{provider.code}{number + 1:02d}",
        provider_code=provider.code,
        name=name,
        latitude=latitude,
        longitude=longitude,
        icb_code=provider.icb,
        region_code=provider.region,
        opened_on=OPENED_ON,
        location_source=LocationSource.GIVEN,
    )
