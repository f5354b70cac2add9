"""The walls, proved: docs/authorisation.csv cell by cell, in one small England made by the real services."""
