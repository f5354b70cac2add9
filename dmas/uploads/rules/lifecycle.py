"""The life of an upload: every step from receiving a file to letting it go."""

from __future__ import annotations

from dmas.core.transitions import Step, step
from dmas.uploads.vocabulary import UploadStatus

S = UploadStatus

TRANSITIONS: dict[str, Step[UploadStatus]] = {
    "check": step({S.RECEIVED, S.CHECKED}, S.CHECKED, "dmas"),
    "refuse": step({S.RECEIVED, S.CHECKED}, S.REFUSED, "dmas"),
    "apply": step({S.CHECKED}, S.APPLIED, "the provider"),
    "abandon": step({S.RECEIVED, S.CHECKED}, S.ABANDONED, "the provider"),
}
