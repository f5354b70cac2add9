"""The pages of hand-overs. `blueprint` is registered by the app."""

from dmas.transfers.views import data_set, listing, steps, testing
from dmas.transfers.views.blueprint import blueprint

__all__ = ["blueprint", "data_set", "listing", "steps", "testing"]
