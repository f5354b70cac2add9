"""The page of one case: who has it, what they may do, what belongs to it, and everything that happened."""
