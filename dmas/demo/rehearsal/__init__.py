"""The exchange that a month's published figures describe, and one night on it."""
