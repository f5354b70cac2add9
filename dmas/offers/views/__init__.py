"""The pages of offers. `blueprint` is registered by the app."""

from dmas.offers.views import listing, posting, steps
from dmas.offers.views.blueprint import blueprint

__all__ = ["blueprint", "listing", "posting", "steps"]
