"""A host without what the product needs is told by name, and how to mend it."""

import re

import pytest
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from fontTools.ttLib import TTFont

from clinic.apps import check_pragmas
from clinic.models import Clinic, Membership
from consent import apps, rendering


def test_missing_drawing_libraries_are_named_with_the_line_that_installs_them(monkeypatch):
    monkeypatch.setattr(apps, "find_library", lambda name: None if name == "harfbuzz-subset" else name)
    (error,) = apps.check_libraries()
    assert "libharfbuzz-subset0" in error.msg
    assert "apt-get install" in str(error.hint)


def test_a_whole_host_has_nothing_to_be_told():
    assert apps.check_libraries() == []
    assert apps.check_fonts() == []


@pytest.fixture
def fonts(settings, tmp_path):
    """The folder of the records' fonts, in which one may be spoilt."""
    theirs, ours = rendering.workshop().fonts, tmp_path / "static" / "fonts"
    ours.mkdir(parents=True)
    for font in theirs.glob("*.ttf"):
        (ours / font.name).symlink_to(font)
    settings.BASE_DIR = tmp_path
    return ours


@pytest.mark.parametrize("name", apps.FONTS)
def test_a_missing_font_stops_the_start_with_its_name_and_how_to_mend_it(fonts, name):
    (fonts / name).unlink()
    (error,) = [each for each in checks.run_checks() if each.id == "needlepoint.E002"]
    assert error.is_serious()
    assert error.msg == f"The records' fonts are missing or damaged: {name}."
    assert "static/fonts" in str(error.hint)


def test_a_font_that_was_cut_off_is_as_good_as_missing(fonts):
    path = fonts / "NotoSans-Regular.ttf"
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[:-1])
    (error,) = apps.check_fonts()
    assert "NotoSans-Regular.ttf" in error.msg


def family(font):
    with TTFont(font, lazy=True) as opened:
        return opened["name"].getDebugName(1)


def test_every_font_that_records_are_drawn_with_is_looked_at():
    workshop = rendering.workshop()
    assert {path.name for path in workshop.fonts.glob("*.ttf")} == set(apps.FONTS)
    families = {family(workshop.fonts / name) for name in apps.FONTS}
    named = re.findall(r"font-family: ([^;]+);", workshop.stylesheet.read_text())
    assert named
    assert {each.strip(' "') for names in named for each in names.split(",")} == families


class Lax:
    """An SQLite connection that may lose what it acknowledged."""

    vendor = "sqlite"

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None

    def execute(self, sql):
        self.asked = sql.removeprefix("PRAGMA ")
        return self

    def fetchone(self):
        return ({"journal_mode": "wal", "synchronous": 1}.get(self.asked, 1),)


def test_a_database_that_could_lose_a_signature_stops_the_start():
    with pytest.raises(ImproperlyConfigured, match="synchronous=1"):
        check_pragmas(Lax())


@pytest.fixture
def answers(monkeypatch):
    """What the person at the keyboard types, in order."""
    typed = ["grace", "Grace", "Okafor", "Practice manager"]
    monkeypatch.setattr("builtins.input", lambda prompt: typed.pop(0))
    monkeypatch.setattr("getpass.getpass", lambda prompt: "a-long-enough-pass-phrase")


def test_a_clinic_is_set_up_with_its_first_admin(db, answers, capsys):
    call_command("setup", clinic="North Clinic", time_zone="Europe/Oslo")
    member = Membership.objects.get()
    assert (member.clinic.name, member.role, member.user.username) == ("North Clinic", "admin", "grace")
    assert member.user.check_password("a-long-enough-pass-phrase")
    with pytest.raises(CommandError, match="already set up"):
        call_command("setup", clinic="Another", time_zone="UTC")


@pytest.mark.parametrize(
    ("options", "words"),
    [({"clinic": "North", "time_zone": "Nowhere/Land"}, "time zone"), ({"member": "clinician"}, "no clinic yet")],
)
def test_a_set_up_that_cannot_be_right_is_refused_by_name(db, answers, options, words):
    with pytest.raises(CommandError, match=words):
        call_command("setup", **options)
    assert not Clinic.objects.exists()
