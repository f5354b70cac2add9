"""Into memory and tables: a patient's visit from a cookie, and the rows of a weekly extract."""

from dmas.waitinglist.loading.visits import LoadedVisit, load_visit

__all__ = ["LoadedVisit", "load_visit"]
