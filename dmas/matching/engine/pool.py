"""Where the work is done: here, in a few processes of this machine, or on any executor."""

import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import Any

from dmas.matching.engine.markets import Task, World

Do = Callable[[Sequence[Task[Any]]], list[Any]]

_inherited: list[World] = []  # what a process forked from this one finds in its memory


@contextmanager
def opened(world: World, workers: int, executor: Executor | None) -> Iterator[Do]:
    """Yield a function that does tasks, submitted in their order, and returns what they found, in it too.

    An executor given is used and left open. Else `workers` above one start that many processes: forked where
    that is safe, so that they find the problem in their memory, otherwise each task is sent what it needs.
    """
    if executor is not None:
        yield lambda tasks: _results(executor, [(_sent, task.apart(world)) for task in tasks])
    elif workers <= 1:
        yield lambda tasks: [task.run(world) for task in tasks]
    else:
        context = _context()
        forked = context.get_start_method() == "fork"
        _inherited.append(world)
        try:
            with ProcessPoolExecutor(workers, mp_context=context) as pool:
                if forked:
                    yield lambda tasks: _results(pool, [(_found, task) for task in tasks])
                else:
                    yield lambda tasks: _results(pool, [(_sent, task.apart(world)) for task in tasks])
        finally:
            _inherited.remove(world)


def _context() -> BaseContext:
    forks = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


def _results(executor: Executor, calls: Sequence[tuple[Callable[[Any], Any], Any]]) -> list[Any]:
    futures = [executor.submit(work, argument) for work, argument in calls]
    try:
        return [future.result() for future in futures]
    except BaseException:
        for future in futures:
            future.cancel()
        raise


def _sent(parcel: tuple[World, Task[Any]]) -> Any:
    world, task = parcel
    return task.run(world)


def _found(task: Task[Any]) -> Any:
    return task.run(_inherited[-1])
