"""The product as `make run` serves it, with demo data in a data folder of its own, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds until the first page has to be there


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def use_folder_of_its_own() -> Path:
    """For this process and the server alike; before Django's settings are read."""
    for name in [name for name in os.environ if name == "DATABASE_URL" or name.startswith("NEEDLEPOINT_")]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="needlepoint-bench-"))
    os.environ |= {
        "NEEDLEPOINT_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright runs a loop in this thread
    }
    return folder


@contextmanager
def served() -> Iterator[str]:
    """The address of the running product, without a slash at the end."""
    folder, address = use_folder_of_its_own(), f"127.0.0.1:{free_port()}"
    with (folder / "output").open("w") as output:
        server = subprocess.Popen(
            ["make", "--no-print-directory", "run", f"ADDRESS={address}"],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_for(f"http://{address}", server, folder / "output")
        yield f"http://{address}"
    finally:
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(server.pid, signal.SIGTERM)
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(url: str, server: subprocess.Popen[bytes], output: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/sign-in/", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit(f"The product did not start:\n{output.read_text()}")
