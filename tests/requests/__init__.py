"""Tests of the room of requests."""
