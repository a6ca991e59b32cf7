"""`manage.py catalogue`: writes every translation catalogue anew from what patients can read, and compiles it.

What was translated stays; what is new is added without a translation; what nobody can read any more goes. Sentences for
staff are marked in the code too, but are not in the catalogues: their pages are in English.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template import Template, engines
from django.template.base import FilterExpression, Node, Variable
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import to_locale

from clinic.languages import ORIGINAL
from screening.body import AREAS, REGIONS
from screening.precautions import EVERY
from screening.precautions.questions import Asked

MARKS = {"_", "_now", "gettext", "gettext_lazy", "lazy"}
CONTEXT = "\x04"  # stands between a sentence's context and the sentence, as in compiled catalogues
# Modules in which every marked sentence may reach a patient. Precautions are not among them: they speak to clinicians too.
MODULES = (
    "clinic/fields.py",
    "clinic/phone.py",
    "clinic/tablet.py",
    "clinic/text.py",
    "clinic/views/phone.py",
    "clinic/views/tablet.py",
    "consent/checks.py",
    "consent/comprehension.py",
    "consent/forms/ceremony.py",
    "consent/signing.py",
    "consent/telling.py",
    "consent/views/ceremony.py",
    "consent/wording.py",
    "screening/body.py",
    "screening/forms/assistance.py",
    "screening/forms/fields.py",
    "screening/forms/questions.py",
    "screening/precautions/questions.py",
    "screening/views/assistance.py",
    "screening/views/intake.py",
)
PATIENTS = {Asked.PATIENT, Asked.GUARDIAN}


def message_ids() -> set[str]:
    """Every sentence, in English, that a patient, guardian, representative or interpreter may read."""
    found = set(of_templates()) | set(of_precautions()) | set(of_body())
    for module in MODULES:
        path = settings.BASE_DIR / module
        if path.exists():
            found.update(of_module(path))
    return found - {""}


def of_module(path: Path) -> Iterator[str]:
    """Literal strings that are marked for translation in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=mark), args=[ast.Constant(value=str(text)), *_]) if mark in MARKS:
                yield text


def of_precautions() -> Iterator[str]:
    for precaution in EVERY:
        yield from (precaution.title, precaution.for_patient)
        for question in precaution.questions:
            if question.asked in PATIENTS:
                yield from (question.text, question.hint, question.child, question.child_hint, question.why)
                yield from (option.text for option in question.options)


def of_body() -> Iterator[str]:
    yield from (area.words for area in AREAS.values())
    yield from (region.name for region in REGIONS.values())
    yield from (region.group for region in REGIONS.values())


def of_templates() -> Iterator[str]:
    """What the templates of patient pages say, those that they are made of included."""
    folder = settings.BASE_DIR / "templates"
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.html"))]
    mine = {name for name in names if "patient.html" in {name, *ancestors(name)}}
    mine |= {path for path in names if path.startswith("needlepoint/")}
    mine |= {path.relative_to(folder).as_posix() for path in sorted(folder.rglob("email/*.txt"))}
    mine.add("clinic/phone_boxes.html")  # shown by a form field, which no template names
    todo = list(mine)
    while todo:
        template = load(todo.pop())
        for node in nodes(template.nodelist):
            yield from said(node)
            for name in named(node):
                if name not in mine:
                    mine.add(name)
                    todo.append(name)


def load(name: str) -> Template:
    found = engines["django"].get_template(name)
    return found.template  # type: ignore[attr-defined]


def ancestors(name: str) -> Iterator[str]:
    parents = [parent for node in load(name).nodelist if isinstance(node, ExtendsNode) for parent in named(node)]
    for parent in parents:
        yield parent
        yield from ancestors(parent)


def named(node: Node) -> list[str]:
    """The templates that a node extends or includes by name."""
    if isinstance(node, ExtendsNode):
        return list(literal(node.parent_name)) if isinstance(node.parent_name, FilterExpression) else []
    if isinstance(node, IncludeNode) and isinstance(node.template.var, str):
        return [node.template.var]
    return []


def nodes(children: Any) -> Iterator[Node]:
    for node in children:
        yield node
        for attribute in getattr(node, "child_nodelists", ()):
            yield from nodes(getattr(node, attribute, None) or ())
        for _condition, branch in getattr(node, "conditions_nodelists", ()):
            yield from nodes(branch)


def said(node: Node) -> Iterator[str]:
    """The marked sentences of one node."""
    if isinstance(node, BlockTranslateNode):
        text, _names = node.render_token_list(node.singular)
        yield in_context(node, text)
    if isinstance(node, TranslateNode):
        yield from (in_context(node, text) for text in literal(node.filter_expression))
        return  # once it was rendered, its expression is marked for itself, without the context
    for value in vars(node).values():
        expressions = value.values() if isinstance(value, dict) else [value]
        for expression in expressions:
            if isinstance(expression, FilterExpression):
                yield from marked(expression)


def in_context(node: Any, text: str) -> str:
    context = "".join(literal(node.message_context)) if node.message_context else ""
    return f"{context}{CONTEXT}{text}" if context else text


def literal(expression: FilterExpression) -> Iterator[str]:
    value = expression.var.literal if isinstance(expression.var, Variable) else expression.var
    if isinstance(value, str):
        yield str(value)


def marked(expression: FilterExpression) -> Iterator[str]:
    """Strings written _("…") as a variable or as the argument of a filter."""
    variables = [expression.var, *(arg for _function, args in expression.filters for _lookup, arg in args)]
    for variable in variables:
        if isinstance(variable, Variable) and variable.translate and isinstance(variable.literal, str):
            yield str(variable.literal)


def catalogue_path(code: str) -> Path:
    folder: Path = settings.LOCALE_PATHS[0]
    return folder / to_locale(code) / "LC_MESSAGES" / "django.po"


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        import polib  # only whoever works on the product translates

        wanted = sorted(message_ids())
        for code, _name in settings.LANGUAGES:
            if code == ORIGINAL:
                continue
            path = catalogue_path(code)
            old = polib.pofile(str(path)) if path.exists() else polib.POFile()
            known = {(entry.msgctxt, entry.msgid): entry for entry in old if not entry.obsolete}
            new = polib.POFile(wrapwidth=110)
            new.metadata = old.metadata or {
                "Content-Type": "text/plain; charset=UTF-8",
                "Content-Transfer-Encoding": "8bit",
                "Language": to_locale(code),
                "X-Confirmed-By-Clinician": "no",
            }
            for sentence in wanted:
                before, mark, text = sentence.rpartition(CONTEXT)
                context = before if mark else None
                flags = ["python-format"] if "%(" in text else []
                fresh = polib.POEntry(msgctxt=context, msgid=text, msgstr="", flags=flags)
                new.append(known.get((context, text)) or fresh)
            path.parent.mkdir(parents=True, exist_ok=True)
            new.save(str(path))
            new.save_as_mofile(str(path.with_suffix(".mo")))
            open_ones = sum(not entry.msgstr for entry in new)
            self.stdout.write(f"{code}: {len(new)} sentences, {open_ones} not translated")
