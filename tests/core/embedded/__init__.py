"""The launcher, tried with real servers and real kills."""
