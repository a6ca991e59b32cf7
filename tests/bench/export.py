"""Exports of two thousand sealed records: speed beside `zip -0` of the same files, and memory above an idle process.

`python -m tests.bench.export`
"""

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import django

from tests.bench.product import use_folder_of_its_own
from tests.bench.tables import show

RECORDS, ROUNDS = 2_000, 7
LEAST_RATIO, MOST_MB = 1 / 3, 50
FORMS = {"zip": "ZIP of sealed PDFs", "csv": "table (CSV)", "fhir": "data with the sealed PDFs (FHIR, NDJSON)"}


def fill() -> None:
    """A clinic whose records are copies of four real ones: 70 to 110 KB, three consents and a deferral."""
    from clinic.models import Clinic, Patient
    from consent import rendering
    from consent.management.commands import demo
    from tests.bench import copies

    made = demo.Demo()
    for story in (demo.nothing_to_report, demo.warfarin_and_veins, demo.in_spanish, demo.deferred_for_a_cold):
        story(made)
    rendering.POOL.close()
    copies.make(list(Patient.objects.all()), RECORDS)
    Clinic.objects.update(exports_a_day=1_000_000)  # for all rounds


def status(name: str) -> float:
    """A figure of this process, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024 / 1e6


def export(client: Any, form: str, to: Path, **sent: Any) -> tuple[float, float]:
    """Ask as the page asks and keep what comes; seconds until the first byte and until the last."""
    from consent.management.commands.demo import PASSWORD

    asked = {"which": "all", "reason": "Bench", "form": form, "password": PASSWORD} | sent
    began, first = time.perf_counter(), 0.0
    with to.open("wb") as out:
        answer = client.post("/records/export/", asked)
        if not answer.streaming:
            raise SystemExit(f"The export was answered with {answer.status_code}")
        for part in answer.streaming_content:
            first = first or time.perf_counter() - began
            out.write(part)
    took = time.perf_counter() - began
    if to.stat().st_size != int(answer.get("Content-Length", to.stat().st_size)):
        raise SystemExit("The export has another length than it said")
    return first, took


def zipped(records: Path, to: Path) -> float:
    to.unlink(missing_ok=True)  # zip would add to it
    began = time.perf_counter()
    subprocess.run(["zip", "-0", "-q", "-r", str(to), records.name], cwd=records.parent, check=True)
    return time.perf_counter() - began


def measure(form: str) -> dict[str, Any]:
    """In a process of its own: what it needs idle is what it holds after a small export."""
    from django.conf import settings
    from django.test import Client

    from clinic.models import User
    from consent.models import SealedDocument

    client, to = Client(SERVER_NAME="localhost"), settings.VAR / "exported"
    client.force_login(User.objects.get(username="grace"))
    export(client, form, to, which="ticked", ticked=[str(SealedDocument.objects.latest("sealed_at").pk)])
    idle, rounds = status("VmRSS"), []
    for _ in range(ROUNDS if form == "zip" else 1):
        beside = zipped(settings.VAR / "records", settings.VAR / "beside.zip") if form == "zip" and shutil.which("zip") else 0
        rounds.append((*export(client, form, to), beside))
    return {"idle": idle, "above": status("VmHWM") - idle, "rounds": rounds, "size": to.stat().st_size}


def measured(form: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "tests.bench.export", form], check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def line(name: str, found: dict[str, Any]) -> tuple[str, ...]:
    first, last = (statistics.median(one[at] for one in found["rounds"]) for at in (0, 1))
    held, above = f"{found['idle']:.0f} MB", f"{found['above']:.1f} MB"
    return name, f"{found['size'] / 1e6:.1f} MB", f"{first:.2f} s", f"{last:.2f} s", held, above


def speed(size: float, rounds: list[list[float]]) -> None:
    """From the request, with its password, its look through every file and its signed list, to the last byte."""
    if not shutil.which("zip"):
        print("\nSpeed is not compared: the program zip is missing (apt-get install zip).")
        return

    def spread(values: list[float], places: int = 0) -> str:
        least, middle, most = (f"{of(values):.{places}f}" for of in (min, statistics.median, max))
        return f"{middle} ({least}-{most})"

    columns = ([size / took for _, took, _ in rounds], [size / beside for _, _, beside in rounds])
    ratios = spread([beside / took for _, took, beside in rounds], 2)
    show(
        f"Speed of the ZIP, median of {ROUNDS} interleaved rounds (least-most); the ratio should not be under {LEAST_RATIO:.2f}",
        ("the export, MB/s", "zip -0, MB/s", "ratio"),
        [(*map(spread, columns), ratios)],
    )


def report() -> None:
    found = {form: measured(form) for form in FORMS}
    show(
        f"Exports of {RECORDS:,} records; memory above idle should not pass {MOST_MB} MB",
        ("", "size", "first byte", "last byte", "idle", "above idle"),
        [line(name, found[form]) for form, name in FORMS.items()],
    )
    speed(found["zip"]["size"] / 1e6, found["zip"]["rounds"])


def main() -> None:
    if len(sys.argv) > 1:
        django.setup()
        json.dump(measure(sys.argv[1]), sys.stdout)
        return
    folder = use_folder_of_its_own()
    try:
        django.setup()
        from django.core.management import call_command

        (folder / "static").mkdir()  # where whitenoise looks for files
        call_command("migrate", verbosity=0)
        fill()
        report()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
