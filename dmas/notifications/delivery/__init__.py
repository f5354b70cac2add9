"""Sending what waits in the outbox, each message outside any transaction."""

from dmas.notifications.delivery.rounds import Round, deliver_due
from dmas.notifications.delivery.texts import ConsoleTexts, MemoryTexts, TextTransport, texts_for
from dmas.notifications.delivery.transports import (
    Console,
    Memory,
    Refused,
    ServerDown,
    Smtp,
    Transport,
    transport_for,
)
from dmas.notifications.delivery.writing import AddressBook, FindPatient, PatientPost

__all__ = [
    "AddressBook",
    "Console",
    "ConsoleTexts",
    "FindPatient",
    "Memory",
    "MemoryTexts",
    "PatientPost",
    "Refused",
    "Round",
    "ServerDown",
    "Smtp",
    "TextTransport",
    "Transport",
    "deliver_due",
    "texts_for",
    "transport_for",
]
