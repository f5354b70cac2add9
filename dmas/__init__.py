"""dmas: an open exchange for mutual aid between NHS providers."""

__version__ = "0.1.0"
