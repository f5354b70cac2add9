"""What must be fast, measured: each module has a `main()` that prints its figures beside their floor."""
