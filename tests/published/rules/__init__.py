"""Tests of the rules of published figures."""
