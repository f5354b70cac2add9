"""The staff pages of requests: a trust's own call for help, and the clinical review of patients' requests."""

from dmas.requests.views import changing, extending, listing, posting, reviewing
from dmas.requests.views.blueprint import blueprint

__all__ = ["blueprint", "changing", "extending", "listing", "posting", "reviewing"]
