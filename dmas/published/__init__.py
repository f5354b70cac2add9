"""What NHS England publishes about waits: monthly counts by provider and treatment function."""
