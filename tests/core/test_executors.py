"""The executor that is set is the one that does the work, and the bytes do not depend on it."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from dmas.core import executors
from dmas.core.errors import Misconfigured
from dmas.matching.engine.problem import Problem, parse
from dmas.matching.engine.solve import as_json, solve_problem
from tests.matching.engine.invented import problem, random_problem


def test_without_a_setting_the_work_is_done_here() -> None:
    for environ in ({}, {"DMAS_EXECUTOR": " "}):
        with executors.opened(environ) as executor:
            assert executor is None


def test_so_many_processes() -> None:
    with executors.opened({"DMAS_EXECUTOR": "processes://2"}) as executor:
        assert isinstance(executor, ProcessPoolExecutor)
        assert executor.submit(os.getpid).result() != os.getpid()
    with pytest.raises(RuntimeError):
        executor.submit(os.getpid)


@pytest.mark.parametrize(
    "setting",
    ["two", "processes://0", "processes://", "dask://", "dask://host", "dask://host:0", "tcp://h:1"],
)
def test_a_setting_that_names_none_is_refused(setting: str) -> None:
    with (
        pytest.raises(Misconfigured, match="must look like processes://2 or dask://host:8786"),
        executors.opened({"DMAS_EXECUTOR": setting}),
    ):
        pass


def test_a_cluster_without_its_packages_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(executors, "import_module", missing)
    with (
        pytest.raises(Misconfigured, match=r"install dmas\[cluster\] first"),
        executors.opened({"DMAS_EXECUTOR": "dask://scheduler:8786"}),
    ):
        pass


def test_a_cluster_is_met_at_its_address_and_left_again(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []

    class Client:
        def __init__(self, address: str) -> None:
            said.append(address)

        def __enter__(self) -> Client:
            return self

        def __exit__(self, *_: object) -> None:
            said.append("left")

        @contextmanager
        def get_executor(self, *, pure: bool) -> Iterator[Executor]:
            said.append(pure)
            with ThreadPoolExecutor(1) as executor:
                yield executor

    monkeypatch.setattr(executors, "import_module", lambda name: SimpleNamespace(Client=Client))
    for setting in ("dask://scheduler:8786", "dask://[::1]:8786"):
        with executors.opened({"DMAS_EXECUTOR": setting}) as executor:
            assert executor is not None
            assert executor.submit(len, "abc").result() == 3
    assert said == ["tcp://scheduler:8786", False, "left", "tcp://[::1]:8786", False, "left"]


def _country() -> Problem:
    """Join random problems into one of several markets."""
    whole = problem([], [], [], max_options=2)
    for seed in range(20):
        value = random_problem(random.Random(seed), requests=8, offers=5)
        service = {"service": str(100 + seed % 5)}
        for key in ("sites", "offers", "requests"):
            for one in value[key]:
                names = {"id": f"{seed}-{one['id']}"}
                if key == "offers":
                    names |= {"site": f"{seed}-{one['site']}"} | service
                elif key == "requests":
                    names |= service
                whole[key].append(one | names)
    return parse(whole)


@pytest.mark.score
@pytest.mark.filterwarnings("default")
def test_a_local_cluster_of_two_workers_gives_the_same_bytes() -> None:
    distributed = import_module("distributed")
    country = _country()
    here = json.dumps(as_json(country, solve_problem(country)))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        with executors.opened({"DMAS_EXECUTOR": address}) as executor:
            assert json.dumps(as_json(country, solve_problem(country, executor))) == here
