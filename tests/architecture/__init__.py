"""Tests of the house itself: what may import what, what stands where, and that its documents are true."""
