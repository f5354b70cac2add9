"""What accounts decide on values alone: passwords, sign-ins, and which role fits where."""
