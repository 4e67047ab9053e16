"""Processes that start at the same time migrate a database once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.source_tree import ROOT

PROCESSES = 3
pytestmark = pytest.mark.anyio
SLOW = """
import os
import sqlalchemy as sa
from alembic import op

revision, down_revision = "r1", None

def upgrade():
    open({running!r}, "x").close()  # fails if another process is here, or has been
    op.create_table("desks", sa.Column("id", sa.Integer(), primary_key=True), if_not_exists=True)
    with open({gate!r}) as gate:
        gate.read()
    op.execute("INSERT INTO desks VALUES (1)")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Migrations that wait, half done, until somebody has written to ``gate``."""
    made = tmp_path / "migrations"
    made.mkdir()
    os.mkfifo(tmp_path / "gate")
    running, gate = str(tmp_path / "running"), str(tmp_path / "gate")
    (made / "r1.py").write_text(SLOW.format(running=running, gate=gate))
    return made


def start(url: URL, folder: Path) -> subprocess.Popen[str]:
    address = url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.modkit_db.migrate_once", address, str(folder)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err[-2000:]
    return out.strip()


async def test_one_migrates_and_the_others_wait(url: URL, folder: Path, tmp_path: Path) -> None:
    processes = [start(url, folder) for _ in range(PROCESSES)]
    with (tmp_path / "gate").open("w"):  # opens once a revision reads
        pass
    assert sorted(map(ended, processes)) == ["", "", "r1"]


async def test_a_process_that_is_killed_leaves_no_lock(
    url: URL, folder: Path, tmp_path: Path
) -> None:
    killed = start(url, folder)
    with (tmp_path / "gate").open("w"):
        killed.send_signal(signal.SIGKILL)
        killed.communicate(timeout=60)
    (tmp_path / "running").unlink()
    next_one = start(url, folder)
    with (tmp_path / "gate").open("w"):
        pass
    assert ended(next_one) == "r1"
