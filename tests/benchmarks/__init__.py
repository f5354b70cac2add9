"""Tests of what measures: its problems, its judge and its figures."""
