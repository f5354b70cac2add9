"""Run every benchmark, or those named: `python -m benchmarks [NAME …]`, or one with options of its own."""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules

import benchmarks


def names() -> list[str]:
    """List the benchmarks there are: the modules with a `main`."""
    modules = (module.name for module in iter_modules(benchmarks.__path__) if module.name != "__main__")
    return sorted(name for name in modules if hasattr(import_module(f"benchmarks.{name}"), "main"))


def main(wanted: list[str]) -> int:
    """Run the wanted benchmarks in order; all of them where none is named."""
    if len(wanted) > 1 and wanted[1].startswith("-") and wanted[0] in names():
        return int(import_module(f"benchmarks.{wanted[0]}").main(wanted[1:]))
    unknown = set(wanted) - set(names())
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names())}.")
        return 2
    for name in wanted or names():
        print(f"== {name}", flush=True)
        import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
