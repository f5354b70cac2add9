"""The code lists, split by noun."""
