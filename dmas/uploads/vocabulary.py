"""The words of uploads: what is uploaded, and how far it has come."""

from __future__ import annotations

from enum import StrEnum


class UploadKind(StrEnum):
    """What a file lists."""

    WAITING_LIST = "waiting_list"


class UploadStatus(StrEnum):
    """How far a file has come."""

    RECEIVED = "received"
    CHECKED = "checked"
    APPLIED = "applied"
    REFUSED = "refused"
    ABANDONED = "abandoned"

    @property
    def label(self) -> str:
        """Return the state as people say it."""
        return {
            "received": "Being checked",
            "checked": "To review",
            "applied": "Applied",
            "refused": "Refused",
            "abandoned": "Abandoned",
        }[self.value]


MOST_FAULTS_KEPT = 200
MOST_BYTES = 64 * 2**20
MOST_ROWS = 250_000
ROWS_AT_ONCE = 250  # what a processor keeps close: more is slower
ROWS_TOLD = 5_000  # how often progress is told
MOST_COLUMNS = 500
LONGEST_CELL = 2_000
