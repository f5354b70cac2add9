"""The pages of matches. `blueprint` is registered by the app."""

from dmas.proposals.views import answering, deciding, listing, people
from dmas.proposals.views.blueprint import blueprint

__all__ = ["answering", "blueprint", "deciding", "listing", "people"]
