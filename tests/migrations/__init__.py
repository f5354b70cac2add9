"""What the migrations build: the walls that hold whatever the program does."""
