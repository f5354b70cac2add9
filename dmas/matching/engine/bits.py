"""Sets of offers packed 64 to a word, one row a request, and the same sets as single whole numbers."""

import numpy as np
import numpy.typing as npt

from dmas.matching.engine.problem import Ints

Words = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]


def pack(truth: Bools) -> Words:
    """Pack truth values [n, m] into words [n, at least 1]."""
    width = max(1, -(-truth.shape[1] // 64)) * 8
    packed = np.zeros((truth.shape[0], width), dtype=np.uint8)
    found = np.packbits(truth, axis=1, bitorder="little")
    packed[:, : found.shape[1]] = found
    return packed.view(np.uint64)


def unpack(words: Words, count: int) -> Bools:
    """Undo `pack` for the first `count` columns."""
    truth = np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=1, count=count, bitorder="little")
    return truth.view(np.bool_)


def as_integers(words: Words) -> list[int]:
    """Return each packed row as one integer."""
    data, width = words.tobytes(), words.shape[1] * 8
    return [int.from_bytes(data[i : i + width], "little") for i in range(0, len(data), width)]


def positions(bits: int, count: int) -> Ints:
    """Return the places of the set bits among the first `count`, ascending."""
    data = np.frombuffer(bits.to_bytes(-(-count // 8), "little"), dtype=np.uint8)
    return np.flatnonzero(np.unpackbits(data, bitorder="little"))


def counts(words: Words) -> Ints:
    """Return how many bits are set in each packed row."""
    found: Ints = np.bitwise_count(words).sum(axis=1, dtype=np.int64)
    return found
