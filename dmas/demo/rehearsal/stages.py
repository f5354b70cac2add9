"""How long each stage of a rehearsal takes, and the most memory the process has had by its end."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stages:
    """Seconds and peak memory in MB by name; a stage entered again adds to its seconds."""

    seconds: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def add(self, name: str) -> Iterator[None]:
        """Measure what is done inside."""
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
        self.peaks[name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def lines(self) -> Iterator[str]:
        """Yield a table of them."""
        yield "Stages                                     seconds   peak MB"
        for name, seconds in self.seconds.items():
            yield f"  {name:<38}{seconds:>10.2f}{self.peaks[name]:>10.0f}"
