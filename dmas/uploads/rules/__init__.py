"""Reading files that people export: encodings, rows, cells; and the life of an upload."""

from dmas.uploads.rules.lifecycle import TRANSITIONS

__all__ = ["TRANSITIONS"]
