"""Packed sets: there and back, and as whole numbers."""

import numpy as np

from dmas.matching.engine.bits import as_integers, counts, pack, positions, unpack


def test_packing_goes_both_ways() -> None:
    draw = np.random.default_rng(1)
    for width in (0, 1, 7, 63, 64, 65, 200):
        truth = draw.random((5, width)) < 0.4
        words = pack(truth)
        assert words.shape == (5, max(1, -(-width // 64)))
        assert np.array_equal(unpack(words, width), truth)
        assert counts(words).tolist() == truth.sum(axis=1).tolist()
        for bits, row in zip(as_integers(words), truth, strict=True):
            assert bits == sum(1 << int(j) for j in np.flatnonzero(row))
            assert positions(bits, width).tolist() == np.flatnonzero(row).tolist()
