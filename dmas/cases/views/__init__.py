"""The pages of cases. `blueprint` is registered by the app."""

from dmas.cases.views import approvals, capacity, moves
from dmas.cases.views.blueprint import blueprint

__all__ = ["approvals", "blueprint", "capacity", "moves"]
