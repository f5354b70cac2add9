"""Tests of published figures in words."""
