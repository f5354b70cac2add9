"""The pages of matches. `blueprint` is registered by the app."""

from dmas.proposals.views import answering, calls, deciding, listing, people
from dmas.proposals.views.blueprint import blueprint

__all__ = ["answering", "blueprint", "calls", "deciding", "listing", "people"]
