"""Calls for help: a trust's, for many people in lines."""
