"""Tests: what the second pathway adds to offers and requests, which know nothing of it."""
