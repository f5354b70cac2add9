"""The two commands tried on every kind of machine that this one can play: `make machines`."""
