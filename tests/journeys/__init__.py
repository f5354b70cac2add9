"""Journeys through all rooms at once."""
