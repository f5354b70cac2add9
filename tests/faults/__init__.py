"""Kills, races and clocks."""
