"""The pages of waits: for patients at the door, for providers, for ICBs, and the dated rules."""

from dmas.waitinglist.views import coming_in, lists, pathways, register, thresholds, uploading
from dmas.waitinglist.views.blueprint import blueprint

__all__ = ["blueprint", "coming_in", "lists", "pathways", "register", "thresholds", "uploading"]
