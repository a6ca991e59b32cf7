"""Drawing and sealing: as it is done here, beside the naive way with the same words, in the same run.

    python -m tests.bench.records
"""

import gc
import re
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pypdf import PdfReader

if __name__ == "__main__":  # before anything asks for the settings
    import django

    from tests.bench.product import use_folder_of_its_own

    use_folder_of_its_own()
    django.setup()

from consent import drawing, rendering, sealing
from tests import papers

ROUNDS = 7
LIMIT = 0.45


def naive_key() -> bytes:
    key = rsa.generate_private_key(65537, 3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Naive")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=9))
    made = made.add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
    return pkcs12.serialize_key_and_certificates(b"k", key, made.sign(key, SHA256()), None, BestAvailableEncryption(b"x"))


def naive(html: str, identity: Path) -> bytes:
    """What one would write first: the system's fonts and the style sheet for each record, the key read for each seal."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sheet = CSS(string=rendering.workshop().stylesheet.read_text(), font_config=fonts)
    unsigned = HTML(string=html).write_pdf(
        stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/a-3a", finisher=drawing.conform
    )
    signer = SimpleSigner.load_pkcs12(str(identity), passphrase=b"x")
    out: Any = sign_pdf(IncrementalPdfFileWriter(BytesIO(unsigned)), PdfSignatureMetadata(field_name="S"), signer=signer)
    return bytes(out.getvalue())


def best(html: str) -> bytes:
    return sealing.seal(rendering.render(html), papers.sealer(), reason="Record", location="Bench").data


def naively_signed(html: str) -> str:
    """Each drawn signature with a path for every segment, as a pad's own picture of it has."""
    segment = re.compile(r"([MQL])([^MQLh]+)")

    def split(found: re.Match[str]) -> str:
        pieces, at = [], ""
        for kind, numbers in segment.findall(found[1]):
            if kind != "M":
                pieces.append(f'<path d="M{at}{kind}{numbers}" fill="none" stroke="black" stroke-width="6"/>')
            at = " ".join(numbers.split()[-2:])
        return "".join(pieces)

    return re.sub(r'<path d="(M[^"]*)" fill="none"[^>]*/>', split, html)


def seconds(work: Callable[[], bytes]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def report(pages: dict[str, str], folder: Path) -> None:
    """`pages`: the HTML of records by what they are."""
    identity = folder / "naive.p12"
    identity.write_bytes(naive_key())
    gc.collect()
    print("\nDrawing, finishing and sealing a record (ms, median of", ROUNDS, "interleaved rounds; least to most)")
    print(f"{'record':28} {'pages':>5} {'KB':>5} {'naive':>16} {'here':>16} {'ratio':>6} {'limit':>6}")
    for name, html in pages.items():
        sealed, first = best(html), naively_signed(html)
        naive(first, identity)
        rounds = [(seconds(lambda: naive(first, identity)), seconds(lambda: best(html))) for _ in range(ROUNDS)]  # noqa: B023
        slow, fast = (sorted(1000 * one for one in column) for column in zip(*rounds, strict=True))
        ratio = statistics.median(one[1] / one[0] for one in rounds)
        spread = [f"{statistics.median(one):.0f} ({one[0]:.0f}-{one[-1]:.0f})" for one in (slow, fast)]
        count = len(PdfReader(BytesIO(sealed)).pages)
        print(f"{name:28} {count:5} {len(sealed) // 1024:5} {spread[0]:>16} {spread[1]:>16} {ratio:6.2f} {LIMIT:6.2f}")
    two_at_once(next(iter(pages.values())))
    memory(next(iter(pages.values())))


def two_at_once(html: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as both:
        list(both.map(rendering.render, [html] * 4))
        alone = statistics.median(seconds(lambda: rendering.render(html)) for _ in range(ROUNDS))
        waits = [max(both.map(lambda page: seconds(lambda: rendering.render(page)), [html] * 2)) for _ in range(ROUNDS)]
    print(f"A second record at the same time: {statistics.median(waits) / alone:.2f} times the wait for one (limit 2)")


def memory(html: str, records: int = 500) -> None:
    """Of the drawing processes together, after 50 records and after them all."""
    import multiprocessing

    def resident() -> int:
        sizes = [Path(f"/proc/{child.pid}/statm").read_text().split()[1] for child in multiprocessing.active_children()]
        return sum(map(int, sizes)) * 4 // 1024

    found = []
    for number in range(1, records + 1):
        rendering.render(html)
        if number in {50, records}:
            found.append(resident())
    print(f"Memory of the drawing processes after 50 and after {records} records: {found[0]} and {found[1]} MB")


if __name__ == "__main__":
    import logging
    import shutil

    from django.conf import settings
    from django.core.management import call_command

    from tests.bench import papers_of

    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    report(papers_of.pages(), settings.VAR)
    rendering.POOL.close()
    shutil.rmtree(settings.VAR)
