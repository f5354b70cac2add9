"""Files that people send in: checked whole, every fault told at once, reviewed, then applied at once."""
