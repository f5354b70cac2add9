"""What can be offered or asked for, as typed constants: treatment functions, procedures, tests, tokens, reasons."""
