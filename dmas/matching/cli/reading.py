"""Strict reading of JSON files, and the exit statuses that all the room's commands share."""

import json
import sys
from typing import Any

from dmas.matching.engine.problem import ProblemError

FINE, FAILED, BAD_PROBLEM = 0, 1, 2


def unreadable(error: OSError) -> int:
    """Say why a file cannot be opened; return the exit status."""
    print(f"{error.filename}: {error.strerror}", file=sys.stderr)
    return BAD_PROBLEM


def load(data: bytes, path: str) -> Any:
    """Read one JSON text strictly: UTF-8, no key twice, no NaN or Infinity; raise ProblemError at `path`."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant)
    except UnicodeDecodeError:
        raise ProblemError(path, "not UTF-8") from None
    except RecursionError:
        raise ProblemError(path, "nested too deeply") from None
    except ValueError as error:
        raise ProblemError(path, f"not JSON: {error}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"key {twice!r} given twice")
    return value


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")
