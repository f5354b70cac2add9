"""Staff: who they are, for whom they act, how they sign in."""
