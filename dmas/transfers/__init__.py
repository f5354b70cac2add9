"""The hand-over of an agreed move, and coming back."""
