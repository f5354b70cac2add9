"""Documents, lock files and the Makefile: true, complete, and without a trace of where they were made."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from dmas import cli

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
LOCKS = ("requirements.lock", "requirements-test.lock", ".ci/node.lock", "package-lock.json")


def anchors(document: Path) -> set[str]:
    """List the anchors of a document's headings, as they are made from the words."""
    headings = re.findall(r"^#+ +(.+)$", document.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        leads_to = document.parent / path if path else document
        assert leads_to.exists(), target
        if anchor:
            assert anchor in anchors(leads_to), target


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_where_it_was_made(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert "index-url" not in text
    assert "find-links" not in text
    assert "file:" not in text
    assert '"resolved"' not in text
    addresses = set(re.findall(r"https?://([\w.-]+)", text))
    assert addresses <= {"opencollective.com", "github.com", "paulmillr.com", "tidelift.com"}, (
        "only funding pages"
    )


def test_every_requirement_is_locked_by_hash() -> None:
    setup = ConfigParser()
    setup.read(PROJECT / "setup.cfg", encoding="utf-8")
    runtime = setup["options"]["install_requires"].split("\n")
    testing = setup["options.extras_require"]["test"].split("\n")
    for lock, wanted in (("requirements.lock", runtime), ("requirements-test.lock", runtime + testing)):
        text = (PROJECT / lock).read_text(encoding="utf-8")
        locked = dict(re.findall(r"^([\w.-]+)(?:\[.*\])?==\S+(.*(?:\n +--hash.*)+)", text, re.M))
        for line in filter(None, map(str.strip, wanted)):
            name = re.split(r"[\[<>=;~! ]", line)[0].lower().replace("_", "-")
            assert "--hash=sha256:" in locked.get(name, ""), f"{name} in {lock}: run `make lock`"


def test_the_settings_example_names_every_setting() -> None:
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.M))
    sources = [*(PROJECT / "dmas").rglob("*.py"), PROJECT / "tests" / "browser" / "chromium.py"]
    read = {
        name
        for source in sources
        for name in re.findall(
            r"[\"'](DMAS_[A-Z_]+|DATABASE_URL|SECRET_KEY)[\"']", source.read_text(encoding="utf-8")
        )
    }
    assert read <= named
    assert not re.search(r"^[A-Z]", example, re.M), "an example sets nothing by itself"


def test_the_procfile_calls_commands_that_exist() -> None:
    commands = next(action.choices for action in cli.parser()._actions if action.dest == "command")
    lines = (PROJECT / "Procfile").read_text(encoding="utf-8").splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["release", "web", "scheduler"]
    for line in lines:
        assert re.fullmatch(r"\w+: dmas (\w+)", line)
        assert commands is not None
        assert line.rpartition(" ")[2] in commands


def make(*targets: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        [shutil.which("make") or "make", *targets],
        cwd=PROJECT,
        env=environ if path is None else {**environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_bare_make_prints_every_target_with_what_it_does() -> None:
    listed = re.findall(r"^  make (\w+) +\S.*$", make().stdout, re.M)
    declared = re.search(r"^\.PHONY: (.*)$", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert declared is not None
    assert set(listed) == set(declared[1].split()) - {"tools"}


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A PATH with a shell and little else."""
    for name in ("sh", "awk", "cat", "cksum", "tr", "env"):
        found = shutil.which(name)
        assert found is not None
        (tmp_path / name).symlink_to(found)
    return tmp_path


def tool(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_a_missing_tool_is_named_with_its_package(bare_path: Path) -> None:
    done = make("tools", path=str(bare_path))
    assert done.returncode != 0
    assert "git is missing (Debian: apt install git)" in done.stderr
    tool(bare_path, "git", "exit 0")
    assert (
        "Python 3.11 or newer is missing (Debian: apt install python3)"
        in make("tools", path=str(bare_path)).stderr
    )
    tool(bare_path, "python3", 'case "$2" in *ensurepip*) exit 1;; esac')
    assert "apt install python3-venv" in make("tools", path=str(bare_path)).stderr
    tool(bare_path, "python3", 'case "$2" in *musl*) exit 1;; esac')
    assert (
        "OR-tools does not come for musl systems such as Alpine" in make("tools", path=str(bare_path)).stderr
    )
    tool(bare_path, "python3", "exit 0")
    assert make("tools", path=str(bare_path)).returncode == 0
