"""The pages of tests. `blueprint` is registered by the app."""

from dmas.diagnostics.views import lists, offers, overview, requests
from dmas.diagnostics.views.blueprint import blueprint

__all__ = ["blueprint", "lists", "offers", "overview", "requests"]
