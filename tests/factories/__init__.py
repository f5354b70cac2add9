"""The smallest valid thing of each kind; a test names only what it is about."""
