"""What can be offered or asked for: the vocabulary of the exchange."""
