"""Sending what waits in the outbox, each message outside any transaction."""

from dmas.notifications.delivery.rounds import AddressBook, Round, deliver_due
from dmas.notifications.delivery.transports import (
    Console,
    Memory,
    Refused,
    ServerDown,
    Smtp,
    Transport,
    transport_for,
)

__all__ = [
    "AddressBook",
    "Console",
    "Memory",
    "Refused",
    "Round",
    "ServerDown",
    "Smtp",
    "Transport",
    "deliver_due",
    "transport_for",
]
