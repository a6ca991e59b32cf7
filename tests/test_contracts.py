"""Rules of the house that no single file can keep: ranks, absent names, safe pages, locked packages."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

ROOT = Path(settings.BASE_DIR)
APPS = ("clinic", "screening", "consent")  # lowest first
ABSENT = {"services", "utils", "helpers", "core", "common", "managers", "presenters", "constants"}
UNSAFE = re.compile(
    r"\|\s*safe\b|\bsafeseq\b|\bmark_safe\b|\bSafeString\b|\{%\s*autoescape\s+off|"
    r"\b(?:inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write\b|\beval\(|\bnew Function\("
)
INLINE = re.compile(
    r"<style\b|<script\b(?![^>]*\bsrc=)|<[^>]*\s(?:style|on[a-z]+)\s*=|(?:href|src|action)\s*=\s*[\"']?\s*javascript:",
    re.IGNORECASE,
)
FLOORS = {"weasyprint": (70, 0), "django": (5, 2, 19), "gunicorn": (22, 0)}
COMMENTS = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)


def ours(*patterns: str) -> list[Path]:
    """Our own files, outside of tests and migrations."""
    folders = [ROOT / name for name in (*APPS, "templates", "static")]
    found = (path for folder in folders for pattern in patterns for path in folder.rglob(pattern))
    return sorted(path for path in found if not {"migrations", "__pycache__"} & set(path.parts))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_keep_to_their_ranks() -> None:
    told = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_no_module_carries_a_name_that_says_nothing() -> None:
    paths = [*ours("*"), *(ROOT / "tests").rglob("*.py")]
    vague = [named(path) for path in paths if ABSENT & {*path.relative_to(ROOT).parts[:-1], path.stem}]
    assert not vague


def test_only_the_database_connection_has_a_signal_receiver() -> None:
    told = re.compile(r"^(?!\s*#).*(?:@receiver\b|(?<!sqlite3)(?<!psycopg)\.connect\()", re.MULTILINE)
    receivers = [match.group().strip() for path in ours("*.py") for match in told.finditer(path.read_text())]
    assert [line for line in receivers if "connection_created" not in line] == []
    assert len(receivers) <= 1


def test_only_the_settings_read_the_environment() -> None:
    readers = [named(path) for path in ours("*.py") if re.search(r"\bos\.(?:environ|getenv)\b", path.read_text())]
    assert set(readers) <= {"clinic/settings.py", "clinic/wsgi.py"}


def reverse_names(lower: str) -> set[str]:
    """The names by which the apps above `lower` would be reached from its own models."""
    higher = APPS[APPS.index(lower) + 1 :]
    names = set()
    for model in apps.get_app_config(lower).get_models():
        for relation in model._meta.related_objects:
            if relation.related_model._meta.app_label in higher:
                names |= {relation.get_accessor_name(), relation.name}
    return {name for name in names if name}


def words(path: Path) -> Iterator[str]:
    """Names a module reaches for: `x.signature_set`, `filter(consent__sealed=…)`, `"consent__sealed"`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg and "__" in node.arg:
            yield from node.arg.split("__")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"-?\w+__\w+", node.value):
            yield from node.value.lstrip("-").split("__")


@pytest.mark.parametrize("lower", APPS[:-1])
def test_a_lower_app_never_reaches_up_by_a_reverse_relation(lower: str) -> None:
    names = reverse_names(lower)
    modules = (path for path in ours("*.py") if path.relative_to(ROOT).parts[0] == lower)
    reached = [f"{named(path)}: {word}" for path in modules for word in words(path) if word in names]
    assert not reached


def test_no_python_file_is_longer_than_four_hundred_lines() -> None:
    long = {named(path): count for path in ours("*.py") if (count := len(path.read_text().splitlines())) > 400}
    assert not long


def test_every_module_says_what_it_is_for_in_a_docstring() -> None:
    modules = [path for path in ours("*.py") if path.stem != "__init__"]
    silent = [named(path) for path in modules if not ast.get_docstring(ast.parse(path.read_text()))]
    assert not silent


def test_nothing_escapes_escaping() -> None:
    unsafe = [
        f"{named(path)}: {match.group()}"
        for path in ours("*.py", "*.html", "*.js", "*.mjs")
        for match in UNSAFE.finditer(path.read_text())
    ]
    assert not unsafe


def test_no_template_carries_script_or_style_of_its_own() -> None:
    inline = [
        f"{named(path)}: {match.group()}"
        for path in ours("*.html", "*.svg")
        for match in INLINE.finditer(COMMENTS.sub("", path.read_text()))
    ]
    assert not inline


@pytest.mark.parametrize("unsafe", ["{{ name|safe }}", "{{ name | safe }}", "mark_safe(name)", "box.innerHTML = name"])
def test_the_scan_for_unescaped_text_sees(unsafe: str) -> None:
    assert UNSAFE.search(unsafe)


@pytest.mark.parametrize(
    "inline",
    [
        "<style>p {}</style>",
        "<script>go()</script>",
        '<p class="x" style="a: b">',
        "<a\n onclick=go()>",
        "<a href='javascript:go()'>",
    ],
)
def test_the_scan_for_inline_code_sees(inline: str) -> None:
    assert INLINE.search(inline)


def test_the_scan_for_inline_code_passes_what_is_allowed() -> None:
    assert not INLINE.search('<script src="/static/pad.js" type="module"></script><p class="on style">one = two</p>')


def locked(file: str) -> dict[str, tuple[int, ...]]:
    pins = re.findall(r"^([a-z0-9-]+)==([\d.]+)", (ROOT / file).read_text(), re.MULTILINE)
    return {name: tuple(int(part) for part in version.split(".")) for name, version in pins}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_lock_files_hold_hashes_and_no_addresses(file: str) -> None:
    text = (ROOT / file).read_text()
    assert "://" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", FLOORS)
def test_packages_with_known_holes_stay_behind_us(name: str) -> None:
    assert locked("requirements.txt")[name] >= FLOORS[name]


def test_the_migrations_say_all_that_the_models_say(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def test_what_is_tested_is_what_runs() -> None:
    tested = locked("requirements-dev.txt")
    assert {name: tested.get(name) for name in locked("requirements.txt")} == locked("requirements.txt")
