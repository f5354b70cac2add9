"""`dmas run` and its children, with invented parts in place of the real ones."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dmas import running
from dmas.core.embedded import EmbeddedServerError, destroy
from dmas.core.errors import Misconfigured

# Stands for `dmas`: notes each call, fails where told to, and serves a page that says it is ready.
PARTS = """
import http.server, json, os, signal, subprocess, sys, time

name = sys.argv[1]
notes = os.environ["NOTES"]
with open(notes, "a") as file:
    file.write(json.dumps({"part": name, "pid": os.getpid(), "url": os.environ["DATABASE_URL"],
                           "demo": os.environ.get("DMAS_DEMO"), "var": os.environ["DMAS_VAR"]}) + "\\n")
if name == os.environ.get("FAILS"):
    sys.exit(3)
if name in ("migrate", "demo", "nightly"):
    time.sleep(float(os.environ.get("SLOW", "0")))
    sys.exit(0)
if os.environ.get("DEAF"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if name == "scheduler":
    child = subprocess.Popen(["sleep", "300"])
    with open(notes, "a") as file:
        file.write(json.dumps({"part": "grandchild", "pid": child.pid}) + "\\n")
    while True:
        time.sleep(1)

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()
    def log_message(self, *arguments):
        pass

http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""

RUN = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may have asked for nohup
from dmas.core.errors import DmasError
from dmas.running import run_everything

try:
    sys.exit(run_everything(os.environ, [sys.executable, sys.argv[1]]))
except DmasError as error:
    sys.exit(f"dmas: {error}")
"""


class Everything:
    """One run of `dmas run` in a process of its own, with what it printed and which parts it started."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder, self.notes, self.var = folder, folder / "notes", folder / "var"
        (folder / "parts.py").write_text(PARTS)
        self.port = free_port()
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("DMAS", "DATABASE"))
        }
        self.environ = {
            **kept,
            "NOTES": str(self.notes),
            "PORT": str(self.port),
            "DMAS_VAR": str(self.var),
            **environ,
        }
        self.output = (folder / "output").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(folder / "parts.py")],
            env=self.environ,
            stdout=self.output,
            stderr=self.output,
            start_new_session=True,
        )

    def said(self) -> str:
        return (self.folder / "output").read_text()

    def parts(self) -> list[dict[str, str]]:
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [json.loads(line) for line in lines]

    def names(self) -> list[str]:
        return [part["part"] for part in self.parts()]

    def wait_for(self, words: str) -> None:
        until = time.monotonic() + 60
        while words not in self.said() + " ".join(self.names()):
            assert time.monotonic() < until, self.said()
            assert self.process.poll() is None, self.said()
            time.sleep(0.02)

    def end(self, number: signal.Signals = signal.SIGINT) -> float:
        """Send a signal as a terminal does, to the whole group, and return the seconds until the end."""
        began = time.monotonic()
        os.killpg(self.process.pid, number)
        self.process.wait(timeout=20)
        return time.monotonic() - began

    def left_behind(self) -> list[str]:
        """List processes that still speak of this run's folder, or that a part started."""
        found = [part["part"] for part in self.parts() if running_still(int(part["pid"]))]
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(self.folder) in words:
                found.append(words.decode(errors="replace"))
        return found


def running_still(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def everything(tmp_path: Path) -> Iterator[object]:
    started: list[Everything] = []

    def start(**environ: str) -> Everything:
        started.append(Everything(tmp_path, environ))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()
        for part in each.parts():
            if running_still(int(part["pid"])):
                os.kill(int(part["pid"]), signal.SIGKILL)
        each.output.close()
        if each.var.exists():
            destroy(each.var)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_everything_starts_in_order_and_ends_without_a_trace(everything, number: signal.Signals) -> None:
    run = everything()
    run.wait_for("dmas is ready")
    run.wait_for("grandchild")
    assert run.names()[:3] == ["migrate", "demo", "nightly"]
    assert set(run.names()[3:]) == {"web", "scheduler", "grandchild"}
    assert f"http://localhost:{run.port}/" in run.said()
    assert running.PERSONAS in run.said()
    assert "Amara Okafor, capacity manager" in run.said()
    assert run.end(number) < 5
    assert run.process.returncode == 0
    assert run.left_behind() == []


def test_parts_that_will_not_listen_are_killed_in_time(everything) -> None:
    run = everything(DEAF="1")
    run.wait_for("dmas is ready")
    assert run.end() < 5
    assert run.process.returncode == 0
    assert run.left_behind() == []


def test_a_second_ctrl_c_does_not_break_the_cleaning_up(everything) -> None:
    run = everything(DEAF="1")
    run.wait_for("dmas is ready")
    os.killpg(run.process.pid, signal.SIGINT)
    time.sleep(0.3)
    assert run.end() < 5
    assert run.process.returncode == 0
    assert run.left_behind() == []


def test_ctrl_c_during_a_step_ends_the_step_and_the_database(everything) -> None:
    run = everything(SLOW="60")
    run.wait_for("migrate")
    assert run.end() < 5
    assert run.process.returncode == 0
    assert run.left_behind() == []


def test_every_part_gets_the_same_database_and_folder(everything) -> None:
    run = everything()
    run.wait_for("dmas is ready")
    run.end()
    parts = [part for part in run.parts() if part["part"] != "grandchild"]
    assert len({part["url"] for part in parts}) == 1
    assert {part["var"] for part in parts} == {str(run.var)}
    assert {part["demo"] for part in parts} == {"1"}


def test_a_failed_step_stops_the_start_and_names_it(everything) -> None:
    run = everything(FAILS="demo")
    assert run.process.wait(timeout=30) == 1
    assert "`dmas demo` failed (exit code 3)" in run.said()
    assert run.names() == ["migrate", "demo"]
    assert run.left_behind() == []


def test_a_part_that_ends_by_itself_ends_the_others(everything) -> None:
    run = everything(FAILS="scheduler")
    assert run.process.wait(timeout=30) == 1
    assert "scheduler ended by itself (exit code 3)" in run.said()
    assert run.left_behind() == []


def test_a_database_that_ends_by_itself_is_started_again(everything) -> None:
    run = everything()
    run.wait_for("dmas is ready")
    lock = run.var / "postgres" / "data" / "postmaster.pid"
    os.kill(int(lock.read_text().split()[0]), signal.SIGQUIT)
    run.wait_for("is up again")
    assert run.end() < 5
    assert run.left_behind() == []


def test_what_keeps_it_up_says_once_that_it_cannot(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers: list[bool | None] = [None, None, True, False, None]

    def revive(_var: Path) -> bool:
        answer = answers.pop(0)
        if answer is None:
            raise EmbeddedServerError("No room.")
        return answer

    monkeypatch.setattr(running, "revive", revive)
    tend = running.tending(
        {"DATABASE_URL": "postgresql://postgres@/dmas?host=/tmp/dmas-pg-0-x", "DMAS_VAR": "/"}
    )
    while answers:
        tend()
    said = capsys.readouterr().err
    assert said.count("No room") == 2
    assert said.count("up again") == 1
    running.tending({"DATABASE_URL": "postgresql://db.example/dmas"})()
    assert capsys.readouterr().err == "", "a named server is not ours to start"


def test_a_named_database_gets_no_demo_unless_asked(everything, server_url) -> None:
    url = server_url.render_as_string(hide_password=False).replace("dmas-pg-", "./dmas-pg-")
    run = everything(DATABASE_URL=url, DMAS_DEMO="0")
    run.wait_for("dmas is ready")
    run.wait_for("grandchild")
    assert run.names()[0] == "migrate"
    assert set(run.names()[1:]) == {"web", "scheduler", "grandchild"}
    assert running.PERSONAS not in run.said()
    assert run.end() < 5
    assert not (run.var / "postgres").exists()


def test_a_port_in_use_is_said_before_anything_starts(everything) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = everything(PORT=str(port))
        assert run.process.wait(timeout=30) == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in run.said()
    assert f"PORT={port + 1}" in run.said()
    assert run.names() == []


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8000 ", "٣"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(Misconfigured, match="PORT"):
        running.port({"PORT": port})


def test_the_webs_command_line() -> None:
    assert running.port({}) == 8000
    words = running.web_command({"PORT": "8123", "HOST": "0.0.0.0", "WEB_CONCURRENCY": "5"})
    assert words[words.index("--bind") + 1] == "0.0.0.0:8123"
    assert words[words.index("--workers") + 1] == "5"
    assert "127.0.0.1:8000" in running.web_command({})


def test_signals_are_given_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), running.interruptible():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_signal_that_comes_while_a_child_is_started_waits_until_it_is_written_down() -> None:
    steps: list[str] = []

    def start_and_write_down() -> None:
        with running.interruptible(), running._uninterrupted():
            signal.raise_signal(signal.SIGTERM)
            steps.append("written down")

    with pytest.raises(KeyboardInterrupt):
        start_and_write_down()
    assert steps == ["written down"]


def test_nohup_is_respected() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with running.interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_one_part_alone_takes_the_place_of_the_command_where_a_database_is_named() -> None:
    code = (
        "import os; from dmas.running import serve; serve(['sh', '-c', 'echo $$ $DATABASE_URL'], os.environ)"
    )
    environ = {**os.environ, "DATABASE_URL": "here"}
    process = subprocess.Popen([sys.executable, "-c", code], env=environ, stdout=subprocess.PIPE, text=True)
    assert process.communicate()[0] == f"{process.pid} here\n"


def test_one_part_alone_brings_its_own_database(tmp_path: Path) -> None:
    code = (
        "import os, sys; from dmas.running import serve;"
        "sys.exit(serve(['sh', '-c', 'echo $DATABASE_URL; exec sleep 60'], os.environ))"
    )
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environ["DMAS_VAR"] = str(tmp_path)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environ)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql+psycopg://postgres@/dmas")
    process.terminate()
    process.communicate()
    assert process.returncode == 0
    assert not (tmp_path / "postgres" / "data" / "postmaster.pid").exists()
    destroy(tmp_path)
