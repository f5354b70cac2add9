"""Tables held as columns of one length, the way the engine takes them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Draw = np.random.Generator
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_TYPES = {"Bools": np.bool_, "Floats": np.float64, "Ints": np.int64}


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A table; the first axis of every column is the row."""

    @classmethod
    def empty(cls) -> Self:
        """Return the table without rows."""
        return cls(**{one.name: np.zeros(0, dtype=_TYPES[str(one.type)]) for one in fields(cls)})

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def joined(self, other: Self) -> Self:
        """Return this table with the other's rows after its own."""
        return type(self)(
            **{name: np.concatenate((one, getattr(other, name))) for name, one in self._each().items()}
        )

    def rows(self, which: Ints | Bools) -> Self:
        """Return some rows."""
        return type(self)(**{name: one[which] for name, one in self._each().items()})

    def _each(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}
