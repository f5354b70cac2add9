"""What the engine is measured beside: other ways to match, and the least that reading and writing costs."""
