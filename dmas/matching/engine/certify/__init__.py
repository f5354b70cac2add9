"""The independent check of a solution: everything recomputed from the problem, in whole numbers.

It imports nothing of the engine and shares no code with it, so that one mistake cannot hide in both. The
problem must be well formed (the reader sees to that); nothing is taken for granted about the solution.
"""

from collections.abc import Mapping
from typing import Any

from dmas.matching.engine.certify import given, values
from dmas.matching.engine.certify.given import Certificate, FaultError
from dmas.matching.engine.certify.proof import Proof

__all__ = ["check", "check_columns"]

Json = Mapping[str, Any]


def check(problem: Json, solution: object) -> dict[str, Any]:
    """Judge any solution of a well-formed problem: what is proved of it, or its first fault."""
    columns = values.read(problem)
    try:
        shape = given.shape(solution)
        entries = given.assignments(columns, shape["assignments"])
        claimed = given.certificate(columns, shape["certificate"])
        proof = Proof(columns, entries, claimed.frozen, claimed.prices)
        proved = _proved(proof, claimed)
        unmatched = values.unmatched(columns, proof.reasons.done())
        given.same(shape["unmatched"], unmatched, "unmatched", "unmatched")
        given.same(shape["options"], values.options(columns, proof.given_options()), "options", "options")
        given.same(shape["summary"], proof.summary(), "summary", "summary")
    except FaultError as fault:
        return _refused(fault)
    return {"ok": True, "proved": proved}


def check_columns(problem: Any, solution: Any) -> dict[str, Any]:
    """Judge a solution in the form of columns, of a problem in the form of columns.

    Both have the attributes, with the meaning, that the engine's problem and solution have; faults name
    requests and offers by their ids.
    """
    try:
        entries = given.table(problem, solution.assignments)
        claimed = given.certificate_columns(problem, solution.frozen, solution.prices)
        proof = Proof(problem, entries, claimed.frozen, claimed.prices)
        proved = _proved(proof, claimed)
        given.same_columns(solution.unmatched, proof.reasons.done())
        given.same_rows(solution.options, proof.given_options())
        given.same(solution.summary, proof.summary(), "summary", "summary")
    except FaultError as fault:
        return _refused(fault)
    return {"ok": True, "proved": proved}


def _proved(proof: Proof, claimed: Certificate) -> list[int]:
    proof.check_entries()
    if claimed.broken:
        raise claimed.broken
    proof.check_who(claimed.frozen_named)
    return [1, 2, 3, 4] if proof.check_where(claimed.priced) else [1, 2]


def _refused(fault: FaultError) -> dict[str, Any]:
    return {"ok": False, "fault": {"path": fault.path, "rule": fault.rule}}
