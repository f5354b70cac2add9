"""The pages of cases. `blueprint` is registered by the app."""

from dmas.cases.views import approvals, asking, capacity, moves
from dmas.cases.views.blueprint import blueprint

__all__ = ["approvals", "asking", "blueprint", "capacity", "moves"]
