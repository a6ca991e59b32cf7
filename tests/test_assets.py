"""Pages and what they load go out small, are kept by browsers for good, and need nothing from elsewhere."""

import gzip
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.templatetags.static import static
from django.test import Client
from fontTools.ttLib import TTFont

from clinic import settings as product
from clinic.models import Role
from consent.management.commands.demo import PASSWORD, Demo
from screening import intake
from tests import on_record
from tests.bench.tablets import Stop
from tests.bench.weight import AFTER, FIRST, weigh
from tests.people import make_clinic, make_member, make_patient, make_visit, tablet_for

pytestmark = pytest.mark.looks

ROOT = Path(configured.BASE_DIR)
STATIC = ROOT / "static"
FACE = re.compile(r"@font-face \{(?P<told>[^}]*)\}")
COMMENT = re.compile(
    r"/\*.*?\*/|\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->|(?<!:)//[^\n]*|^#[^\n]*", re.DOTALL | re.MULTILINE
)
IMPORT = re.compile(r"^\s*(?:import|export)\b[^;]*?['\"]|\bimport\s*\(", re.MULTILINE)
ACCEPTS = {"accept-encoding": "gzip, deflate, br"}
YEAR = 365 * 24 * 3600


@pytest.fixture
def collected(settings, tmp_path) -> Path:
    """Assets as a deployment has them: gathered, hashed and compressed."""
    settings.STORAGES = product.STORAGES
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    return settings.STATIC_ROOT


def sheets_and_scripts(client: Client) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|woff2))"', client.get("/sign-in/").content.decode())


def test_assets_are_sent_compressed_under_hashed_names_and_kept_for_good(db, collected, client):
    addresses = sheets_and_scripts(client)
    assert {Path(address).suffix for address in addresses} == {".css", ".js", ".woff2"}
    for address in addresses:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", address)
        with closing(client.get(address, headers=ACCEPTS)) as response:
            assert response.status_code == 200
        kept = re.search(r"max-age=(\d+).*\bimmutable\b", response["Cache-Control"])
        assert kept
        assert int(kept[1]) >= YEAR
        assert "default-src 'none'" in response["Content-Security-Policy"]  # a drawing opened by itself runs nothing
        if not address.endswith(".woff2"):  # which is compressed by nature
            assert response["Content-Encoding"] == "br"
            assert "Accept-Encoding" in response["Vary"]


def test_a_style_sheet_names_its_fonts_and_pictures_by_their_hashes_too(collected):
    (sheet,) = collected.glob("css/needlepoint.*.css")
    addresses = re.findall(r'url\("([^"]+)"\)', sheet.read_text())
    assert addresses
    for address in addresses:
        assert (sheet.parent / address).resolve().is_file()
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", address)


def test_what_no_page_asks_for_is_not_gathered(collected):
    assert not [*collected.rglob("*.ttf"), *collected.rglob("*.png"), *collected.rglob("*.md")]


def test_pages_work_before_anything_was_gathered(db, settings, tmp_path, client):
    settings.STORAGES = product.STORAGES
    settings.STATIC_ROOT = tmp_path
    addresses = sheets_and_scripts(client)
    assert "/static/css/needlepoint.css" in addresses
    for address in addresses:
        with closing(client.get(address)) as response:
            assert response.status_code == 200


def test_a_page_whose_new_asset_was_not_gathered_yet_asks_for_it_by_its_own_name(collected):
    assert re.fullmatch(r"/static/icon\.[0-9a-f]{12}\.svg", static("icon.svg"))
    assert static("js/new.js") == "/static/js/new.js"


def test_a_page_is_sent_compressed_to_who_can_read_it(db, client):
    plain = client.get("/sign-in/")
    packed = client.get("/sign-in/", headers=ACCEPTS)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content)
    assert b"<form" in gzip.decompress(packed.content)


def test_pages_of_equal_text_differ_in_length_so_that_no_length_tells_a_secret(db, client):
    lengths = {len(client.get("/sign-in/", headers=ACCEPTS).content) for _ in range(12)}
    assert len(lengths) > 3


def test_a_record_and_an_export_are_sent_byte_for_byte_with_their_exact_length(db, client):
    demo = Demo()
    document = on_record.put(demo, on_record.decided(demo, "Peter Walsh"))
    client.force_login(demo.people["grace"])
    record = client.get(f"/records/{document.pk}/record.pdf", headers=ACCEPTS)
    sent = {"which": "all", "reason": "Audit", "form": "zip", "password": PASSWORD}
    export = client.post("/records/export/", sent, headers=ACCEPTS)
    archive = b"".join(export.streaming_content)
    assert hashlib.sha256(record.content).hexdigest() == document.sha256
    assert archive.startswith(b"PK")
    for response, body in ((record, record.content), (export, archive)):
        assert response.status_code == 200
        assert "Content-Encoding" not in response
        assert int(response["Content-Length"]) == len(body)


def test_no_script_imports_another_so_that_each_name_can_carry_a_hash():
    importing = [path.name for path in (STATIC / "js").rglob("*.*js") if IMPORT.search(path.read_text())]
    assert importing == []


@pytest.mark.parametrize(
    "line", ['import "./a.js";', "import { a } from './a.js'", 'export * from "./a.js"', "await import(name)"]
)
def test_the_scan_for_imports_sees(line):
    assert IMPORT.search(f"const a = 1;\n{line}\n")


@pytest.mark.parametrize("folder", ["bench", "fhir"])
def test_the_lock_files_of_node_name_no_registry(folder):
    lock = (ROOT / "tests" / folder / "package-lock.json").read_text()
    assert '"integrity"' in lock
    assert '"resolved"' not in lock
    assert "registry" not in lock


def faces() -> Iterator[dict[str, str]]:
    for match in FACE.finditer((STATIC / "css" / "needlepoint.css").read_text()):
        yield dict(re.findall(r"([\w-]+): ([^;]+);", match["told"]))


def points(ranges: str) -> set[int]:
    found = set()
    for part in ranges.replace("U+", "").split(", "):
        first, _, last = part.partition("-")
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def drawn(weight: int) -> set[str]:
    """What our own fonts on screen can draw in this weight, where the style sheet lets them."""
    found: set[int] = set()
    for face in faces():
        if face.get("font-weight", str(weight)) != str(weight):
            continue
        (name,) = re.findall(r"webfonts/[\w-]+\.woff2", face["src"])
        with TTFont(STATIC / name, lazy=True) as font:
            found |= set(font.getBestCmap()) & points(face["unicode-range"])
    return {chr(point) for point in found}


def shown() -> set[str]:
    """Every character of what we say in English and Spanish, and of what style sheets and scripts add."""
    paths = [
        *(ROOT / "templates").rglob("*.html"),
        *(path for path in (STATIC / "css").glob("*.css") if path.stem != "record"),
        *(STATIC / "js").glob("*.js"),
        *(ROOT / "clinic" / "locale" / "es").rglob("*.po"),  # the English and the Spanish
    ]
    text = "".join(COMMENT.sub("", path.read_text()) for path in paths)
    return {mark for mark in text if mark.isprintable() and script(mark) not in {"ARABIC", "CJK"}}


def script(mark: str) -> str:
    return unicodedata.name(mark, "").partition(" ")[0]


@pytest.mark.parametrize("weight", [400, 700])
def test_the_fonts_on_screen_have_every_letter_and_mark_of_english_and_spanish(weight):
    assert {"ñ", "¿", "’", "✓"} <= shown()
    assert sorted(shown() - drawn(weight)) == []


@pytest.mark.parametrize("name", ["Zoë Ångström", "Łukasz Żółć", "Ștefan Țepeș", "Nguyễn Thị Minh Châu", "Lǚ Xiǎobō"])
def test_a_latin_name_is_drawn_whole_by_our_own_fonts(name):
    for weight in (400, 700):
        assert set(name) <= drawn(weight)


def test_every_font_on_screen_is_small_and_for_latin_letters_and_marks_alone():
    for face in faces():
        (name,) = re.findall(r"webfonts/[\w-]+\.woff2", face["src"])
        assert (STATIC / name).stat().st_size < 18 * 1024
        assert not {script(chr(point)) for point in points(face["unicode-range"])} & {"ARABIC", "CJK"}


def test_no_font_for_the_screen_lies_where_records_take_theirs_from():
    assert {path.suffix for path in (STATIC / "fonts").rglob("*") if path.is_file()} == {".ttf", ".txt", ".md"}


def test_a_page_of_questions_is_light_at_first_and_lighter_after(collected, live, browser):
    clinic = make_clinic()
    visit = make_visit(make_patient(clinic), make_member(clinic, Role.CLINICIAN))
    intake.mark_read(visit)
    tablet = tablet_for(visit)
    address = tablet.get("/tablet/", follow=True).redirect_chain[-1][0]
    cookie = {"name": product.SESSION_COOKIE_NAME, "value": tablet.session.session_key, "url": live.url}
    first, after = weigh(browser, Stop("question", live.url + address, visit, [cookie]))
    assert 20 * 1024 < first.bytes < FIRST  # its fonts among them
    assert 0 < after.bytes < AFTER
    assert first.to_others == after.to_others == 0
