"""`wakala up` as a person meets it: it comes up, says where to go, and Ctrl-C leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ops.settings import ROOT
from tests.ports import free_port

pytestmark = pytest.mark.integration
PATIENCE_SECONDS = 120


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ, "WAKALA_HOME": str(tmp_path), "WAKALA_PORT": str(free_port()),
        "WAKALA_EMULATOR_PORT": str(free_port()),
    }  # fmt: skip


@pytest.fixture
def up(environment: dict[str, str], model: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    for folder in tmp_path.parents[:3]:
        folder.chmod(0o755)
    with (tmp_path / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops", "up"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        yield process
        process.kill()
        process.wait()
    _stop_servers(tmp_path)


def _stop_servers(home: Path) -> None:
    """The servers outlive a supervisor that is killed, as they should; a test leaves none."""
    for process in psutil.process_iter(["cmdline"]):
        if any(str(home) in part for part in process.info["cmdline"] or ()):
            process.terminate()


def wait_for(log: Path, words: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        said = log.read_text()
        if words in said:
            return said
        assert process.poll() is None, said
        time.sleep(0.2)
    raise AssertionError(log.read_text())


def status_of(url: str) -> int:
    with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own address
        return int(response.status)


def test_it_comes_up_says_where_to_go_and_ctrl_c_leaves_nothing_behind(up, environment, tmp_path):
    said = wait_for(tmp_path / "up.log", "Ctrl-C stops everything", up)
    simulator = f"http://127.0.0.1:{environment['WAKALA_EMULATOR_PORT']}/simulator"
    gateway = f"http://127.0.0.1:{environment['WAKALA_PORT']}"
    assert simulator in said
    assert status_of(simulator) == 200
    assert status_of(f"{gateway}/readyz") == 200
    children = psutil.Process(up.pid).children(recursive=True)
    assert len(children) >= 4

    up.send_signal(signal.SIGINT)
    time.sleep(0.2)
    up.send_signal(signal.SIGINT)
    assert up.wait(40) == 0
    _gone, alive = psutil.wait_procs(children, timeout=10)
    assert [process.cmdline() for process in alive] == []
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_a_killed_supervisor_takes_its_processes_with_it(up, tmp_path):
    wait_for(tmp_path / "up.log", "Ctrl-C stops everything", up)
    ours = [child for child in psutil.Process(up.pid).children() if "process" in child.cmdline()]
    assert {child.cmdline()[-1] for child in ours} == {"gateway", "worker", "sender", "emulators"}
    up.kill()
    _gone, alive = psutil.wait_procs(ours, timeout=30)
    assert alive == []


def test_a_port_in_use_is_named_with_the_setting_that_moves_it(environment):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "ops", "up"], cwd=ROOT, env={**environment, "WAKALA_PORT": str(port)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    said = " ".join(done.stderr.split())
    assert done.returncode == 1
    assert f"Port {port} is in use" in said
    assert "WAKALA_PORT" in said


def test_a_model_that_is_not_the_one_trained_is_refused(environment, model, tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / model.name).write_bytes(model.read_bytes() + b"!")
    card = model.with_suffix("").with_suffix(".json")
    (folder / card.name).write_text(card.read_text())
    done = subprocess.run(
        [sys.executable, "-m", "ops", "parse"], cwd=ROOT, env={**environment, "WAKALA_MODEL": str(folder)},
        input="hi\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "digest differs" in " ".join(done.stderr.split())
