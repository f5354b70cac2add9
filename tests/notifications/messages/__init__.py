"""Tests of the words of messages."""
