"""Tests of reading published figures."""
