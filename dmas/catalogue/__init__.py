"""What can be offered or asked for, as typed constants: functions, procedures, tests, tokens and reasons."""
