"""The night: load, solve, check, apply; and the pages of its runs."""
