"""Two web nodes, two schedulers, one database and the proxy of `deploy/`; a backup and its restore."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import make_url

from dmas.core.embedded.binaries import installed
from tests.machines.copies import Copy, Failed, free_port, newcomers_environ
from tests.machines.grounds import Ground

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
VISITOR = Path(__file__).with_name("visitor.py")
PAGES = 20


@dataclass(frozen=True, slots=True)
class Installation:
    """A copy, its settings, and where what it starts may write."""

    copy: Copy
    folder: Path

    @contextmanager
    def part(self, name: str, *command: str, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run one process as a unit would, with its log under its name, and end it as systemd does."""
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=self.copy.path,
                env={**newcomers_environ(), **self.copy.environ, **environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            _end(process)

    def said(self, name: str) -> str:
        """Return what a part has printed."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")


def nodes(ground: Ground) -> str:
    """Play it all; return what was seen."""
    url = ground.server(16)
    port = free_port()
    place = {"DMAS_DEMO": "1", "DATABASE_URL": url, "DMAS_PROXIES": "1", "WEB_CONCURRENCY": "1"}
    place |= {"DMAS_BASE_URL": f"https://localhost:{port}", "SECRET_KEY": os.urandom(36).hex()}
    copy = ground.fresh(**place)
    copy.make("server")
    for step in ("migrate", "demo", "nightly"):
        _must(copy, ".venv/bin/dmas", step)
    here = Installation(copy, ground.folder)
    ports = free_port(), free_port()
    dmas = str(copy.path / ".venv/bin/dmas")
    with (
        here.part("scheduler-1", dmas, "scheduler") as leader,
        here.part("web-1", dmas, "web", PORT=str(ports[0])) as one,
        here.part("web-2", dmas, "web", PORT=str(ports[1])),
        here.part("nginx", "nginx", "-c", str(_proxy(ground.folder, port, ports))),
    ):
        for each in ports:
            _until(lambda each=each: _opens(f"http://localhost:{each}/health/live"), "a node answers")
        _until(lambda: "leading the schedule" in here.said("scheduler-1"), "a scheduler leads")
        with here.part("scheduler-2", dmas, "scheduler"):
            seen = _visit(port)
            shares = [here.said(f"web-{n}").count("route=/home ") for n in (1, 2)]
            if min(shares) == 0:
                raise Failed(f"one node answered everything: {shares}")
            _end(one)
            _visit(port)
            leader.kill()
            began = time.monotonic()
            _until(lambda: "leading the schedule" in here.said("scheduler-2"), "the other scheduler leads")
            taken_over = time.monotonic() - began
    return (
        f"“{seen}” through nginx, pages {shares[0]} and {shares[1]} by two nodes, all by one when the other"
        f" ended; the second scheduler led {taken_over:.0f} s after the first was killed;"
        f" {_backup(ground, copy, url)}"
    )


def _proxy(folder: Path, port: int, ports: tuple[int, int]) -> Path:
    """Write the proxy's configuration: that of `deploy/`, with this machine's addresses and a certificate."""
    certificate, key = folder / "proxy.crt", folder / "proxy.key"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for before, after in {
        "192.0.2.11:8000": f"127.0.0.1:{ports[0]}",
        "192.0.2.12:8000": f"127.0.0.1:{ports[1]}",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server_name dmas.example;": "server_name localhost;",
        "$host;": "$http_host;",  # the port belongs to the name here
        "/etc/ssl/dmas.example.crt": str(certificate),
        "/etc/ssl/private/dmas.example.key": str(key),
        "/var/log/nginx/dmas.log": str(folder / "access.log"),
    }.items():
        if before not in text:
            raise Failed(f"deploy/nginx.conf has no “{before}”")
        text = text.replace(before, after)
    paths = "".join(
        f"{kind}_temp_path {folder}/nginx-{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"daemon off; pid {folder}/nginx.pid; error_log stderr;\nevents {{}}\nhttp {{\n{paths}{text}}}\n"
    configuration = folder / "nginx.conf"
    configuration.write_text(whole, encoding="utf-8")
    return configuration


def _visit(port: int) -> str:
    """Sign in through the proxy and open the first page again and again; every answer must be a page."""
    done = subprocess.run(
        ["python3", VISITOR, str(port), "home-manager", f"https://localhost:{port}", str(PAGES)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode != 0:
        raise Failed(f"through the proxy: {done.stderr[-2000:]}")
    return done.stdout.strip()


def _backup(ground: Ground, copy: Copy, url: str) -> str:
    """Back up as the unit does, restore into a new database of the same server, and look for broken rules."""
    address = make_url(url)
    programs = next(each.folder for each in installed() if each.major == 16)
    place = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PGHOST": address.host or "",
        "PGPORT": str(address.port),
        "PGUSER": "postgres",
    }
    whole = Copy(copy.path, (), {**place, "PGDATABASE": "dmas"})
    wrote = _must(whole, str(copy.path / "deploy/backup"), str(ground.folder / "backups"))
    _must(whole, "createdb", "--encoding=UTF8", "--template=template0", "--owner=dmas", "restored")
    (file,) = (ground.folder / "backups").glob("dmas-*.dump")
    anew = Copy(copy.path, (), {**place, "PGDATABASE": "restored"})
    _must(anew, str(copy.path / "deploy/restore"), str(file))
    again = anew.run(str(copy.path / "deploy/restore"), str(file))
    if again.returncode == 0 or "is not empty" not in again.stdout:
        raise Failed(f"a restore over what is there: {again.stdout}")
    restored = address.set(database="restored").render_as_string(hide_password=False)
    there = Copy(copy.path, (), {**copy.environ, "DATABASE_URL": restored})
    _must(there, ".venv/bin/dmas", "migrate")
    doctor = _must(there, ".venv/bin/dmas", "doctor").strip().splitlines()[-1]
    return f"{wrote.strip().rpartition('(')[2].rstrip('.)')} backed up and restored: {doctor}"


def _must(copy: Copy, *command: str) -> str:
    done = copy.run(*command)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout[-3000:]}")
    return done.stdout


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _until(happens: Callable[[], bool], what: str, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > until:
            raise Failed(f"after {seconds:.0f} s still not: {what}")
        time.sleep(0.2)


def _opens(address: str) -> bool:
    try:
        with urlopen(address, timeout=5, context=ssl._create_unverified_context()) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
