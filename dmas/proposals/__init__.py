"""What the night suggests: answers, holds, and the people named for the places."""
