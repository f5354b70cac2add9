"""Messages that leave the building: written with the change they tell of, sent after it, never lost."""
