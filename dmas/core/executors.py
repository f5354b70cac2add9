"""Where heavy work is done, by `DMAS_EXECUTOR`: here, in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module

from dmas.core.errors import Misconfigured

VARIABLE = "DMAS_EXECUTOR"
_PROCESSES = re.compile(r"processes://([1-9][0-9]?)")
_DASK = re.compile(r"dask://([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):([1-9][0-9]{0,4})")


def check(environ: Mapping[str, str]) -> None:
    """Raise Misconfigured where the setting names no executor; nothing is started."""
    setting = environ.get(VARIABLE, "").strip()
    if setting and not (_PROCESSES.fullmatch(setting) or _DASK.fullmatch(setting)):
        raise Misconfigured(f"{VARIABLE} must look like processes://2 or dask://host:8786.")


@contextmanager
def opened(environ: Mapping[str, str]) -> Iterator[Executor | None]:
    """Yield the executor that is set, closed at the end, or None where the work is to be done here.

    Raises Misconfigured for a setting that names none, and for a cluster without the extra `cluster`.
    """
    check(environ)
    setting = environ.get(VARIABLE, "").strip()
    if found := _PROCESSES.fullmatch(setting):
        # Never forked: this process has threads and connections that must not be in two places.
        with ProcessPoolExecutor(int(found[1]), mp_context=multiprocessing.get_context("spawn")) as pool:
            yield pool
    elif found := _DASK.fullmatch(setting):
        with _client(f"tcp://{found[1]}:{found[2]}") as executor:
            yield executor
    else:
        yield None


@contextmanager
def _client(address: str) -> Iterator[Executor]:
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise Misconfigured(f"{VARIABLE} names a cluster: install dmas[cluster] first.") from None
    # Not pure: a task is never answered from memory, for its content is too large to be looked at twice.
    with distributed.Client(address) as client, client.get_executor(pure=False) as executor:
        yield executor
