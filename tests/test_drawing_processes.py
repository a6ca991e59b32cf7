"""Records are drawn by processes of their own: bounded, replaced when lost, gone when nobody needs them."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consent import drawing, rendering
from consent.drawing import RenderingFailed
from tests.test_rendering import page, text

LONG = page("<p>Many words stand here, one beside the other, on very many lines." * 1500)


@pytest.fixture
def pool(settings: Any) -> Iterator[rendering.Pool]:
    settings.RENDERERS = 1
    yield rendering.POOL
    rendering.POOL.close()


def children() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid]


def test_a_record_is_drawn_by_another_process_to_the_same_bytes(pool, settings):
    elsewhere = rendering.render(page("<p>Ann Keogh, 王小明, محمد"))
    assert children()
    settings.RENDERERS = 0
    assert rendering.render(page("<p>Ann Keogh, 王小明, محمد")) == elsewhere


def test_a_process_that_is_killed_at_work_is_replaced_and_the_record_still_comes(pool):
    rendering.render(page("<p>Begun"))
    [first] = children()
    found: list[bytes] = []
    asked = threading.Thread(target=lambda: found.append(rendering.render(LONG)))
    asked.start()
    time.sleep(0.3)
    assert not found, "drawn before it could be killed: make it longer"
    os.kill(first, signal.SIGKILL)
    asked.join(60)
    assert "Many words" in text(found[0])
    assert first not in children()


def test_a_record_that_takes_too_long_is_given_up_and_the_next_one_comes(pool, monkeypatch):
    rendering.render(page("<p>Begun"))
    with monkeypatch.context() as hurried:
        hurried.setattr(rendering, "PATIENCE", 0.4)
        with pytest.raises(RenderingFailed, match="in time"):
            rendering.render(LONG)
    assert "Next" in text(rendering.render(page("<p>Next")))


def test_what_cannot_be_shown_is_told_by_name_and_the_process_goes_on(pool):
    rendering.render(page("<p>Begun"))
    before = children()
    with pytest.raises(RenderingFailed, match="could not be shown"):
        rendering.render(page("<p>🙂"))
    assert "Next" in text(rendering.render(page("<p>Next")))
    assert children() == before


FENCED = """
import resource, socket, subprocess, sys
from pathlib import Path
from consent import drawing
drawing.begin(drawing.Workshop(*map(Path, sys.argv[1:4])))
assert resource.getrlimit(resource.RLIMIT_AS)[0] == 1 << 30
reaches = (
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: subprocess.run(["true"]),
    lambda: socket.getaddrinfo("a.example", 80),
)
for reach in reaches:
    try:
        reach()
    except PermissionError:
        continue
    raise SystemExit("reached outside")
try:
    bytearray(2 << 30)
except MemoryError:
    raise SystemExit(0)
raise SystemExit("took two gigabytes")
"""


def test_a_drawing_process_has_no_network_no_programs_and_little_memory():
    place = rendering.workshop()
    places = [str(place.fonts), str(place.stylesheet), str(place.notes)]
    done = subprocess.run([sys.executable, "-c", FENCED, *places], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


SERVING = """
import sys, time, django
django.setup()
from consent import drawing, rendering
if __name__ == "__main__":
    rendering.render(drawing.WARM_UP)
    import multiprocessing
    print(*[child.pid for child in multiprocessing.active_children()], flush=True)
    time.sleep(60)
"""


def is_running(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_drawing_process_outlives_the_one_that_serves(tmp_path, how):
    script = tmp_path / "serving.py"
    script.write_text(SERVING)
    own = {"DJANGO_SETTINGS_MODULE": "clinic.settings", "NEEDLEPOINT_VAR": str(tmp_path / "var"), "NEEDLEPOINT_RENDERERS": "1"}
    root = str(Path(drawing.__file__).parent.parent)
    environment = os.environ | own | {"PYTHONPATH": root}
    with subprocess.Popen([sys.executable, script], env=environment, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout
        pids = [int(pid) for pid in serving.stdout.readline().split()]
        assert pids
        serving.send_signal(how)
        serving.wait(30)
    until = time.monotonic() + 10
    while any(is_running(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(is_running(pid) for pid in pids)


def test_the_same_record_has_the_same_bytes_on_another_day_and_in_another_locale(tmp_path):
    place = rendering.workshop()
    script = (
        "import sys; from pathlib import Path; from consent import drawing\n"
        "place = drawing.Workshop(*map(Path, sys.argv[1:4]))\n"
        "sys.stdout.buffer.write(drawing.draw(drawing.Drawing(Path(sys.argv[4]).read_text()), place))"
    )
    source = tmp_path / "page.html"
    source.write_text(page("<p>Ann Keogh, 王小明, محمد"))
    drawn = set()
    for number, zone in enumerate(("Pacific/Auckland", "America/Lima")):
        environment = os.environ | {"TZ": zone, "LC_ALL": ("C.UTF-8", "C")[number], "PYTHONHASHSEED": str(number + 1)}
        command = [sys.executable, "-c", script, place.fonts, place.stylesheet, tmp_path / str(number), source]
        done = subprocess.run(command, capture_output=True, env=environment, cwd=Path(drawing.__file__).parent.parent, check=True)
        drawn.add(done.stdout)
    assert drawn == {rendering.render(source.read_text())}
