"""Capacity a provider can give."""
