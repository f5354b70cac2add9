"""Rows to a problem: what a night reads, who takes part in it, and the form the engine and its check read."""

from dmas.matching.loading.patients import is_patient
from dmas.matching.loading.problem import (
    Found,
    Loaded,
    as_problem,
    canonical,
    crosses,
    digest,
    find,
    line_id,
    load,
    waits_since,
)

__all__ = [
    "Found",
    "Loaded",
    "as_problem",
    "canonical",
    "crosses",
    "digest",
    "find",
    "is_patient",
    "line_id",
    "load",
    "waits_since",
]
