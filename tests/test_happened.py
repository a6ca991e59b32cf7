"""Every action that the product can put on the audit trail has plain words, and no words wait for an action that is gone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from clinic.happened import KINDS, STORY, WORDS

ACTION = re.compile(r"[a-z]+\.[a-z_]+")
FILES = re.compile(r".*\.(csv|html|json|pdf|py|txt|zip|svg|js|css)")
HANDS_ON = {"log", "note", "noted"}  # `audit.log`, and what hands an action on to it


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for app in ("clinic", "screening", "consent"):
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if "migrations" not in path.parts and path.name != "happened.py":
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def is_audit_log(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.log", "log"} and len(node.args) >= 4


def names_an_action(text: object) -> bool:
    return isinstance(text, str) and bool(ACTION.fullmatch(text)) and not FILES.fullmatch(text)


def logged() -> tuple[set[str], list[re.Pattern[str]]]:
    """The actions named in calls of `audit.log`, and patterns for those put together; where a call names a variable,
    every string of that module that looks like an action."""
    actions: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for path, tree in sources():
        calls = [node for node in ast.walk(tree) if is_audit_log(node) and path.name != "audit.py"]
        for call in calls:
            assert isinstance(call, ast.Call)
            match call.args[2]:
                case ast.Constant(value=str(action)):
                    actions.add(action)
                case ast.JoinedStr(values=parts):
                    texts = (
                        re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_]+" for part in parts
                    )
                    patterns.append(re.compile("".join(texts)))
                case _:
                    found = {
                        node.value
                        for node in ast.walk(tree)
                        if isinstance(node, ast.Constant) and names_an_action(node.value)
                    }
                    assert found or handed_on(tree), f"{path} logs an action that this test cannot find"
                    actions |= {str(action) for action in found}
        actions |= handed_on(tree)
    return actions, patterns


def handed_on(tree: ast.Module) -> set[str]:
    """Actions that a module hands to a function which logs them."""
    return {
        str(arg.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in HANDS_ON
        for arg in ast.walk(node)
        if isinstance(arg, ast.Constant) and names_an_action(arg.value)
    }


def test_every_action_that_can_be_logged_has_plain_words():
    actions, patterns = logged()
    assert len(actions) > 40
    assert not sorted(actions - set(WORDS))
    assert not [pattern.pattern for pattern in patterns if not any(map(pattern.fullmatch, WORDS))]


def test_no_words_wait_for_an_action_that_nothing_logs():
    actions, patterns = logged()
    text = "".join(ast.unparse(tree) for _path, tree in sources())
    assert not [
        action
        for action in WORDS
        if action not in actions and f"'{action}'" not in text and not any(one.fullmatch(action) for one in patterns)
    ]


def test_an_action_stands_under_one_kind_and_the_visits_story_tells_known_ones():
    every = [action for _label, actions in KINDS.values() for action in actions]
    assert len(every) == len(set(every))
    assert set(WORDS) >= STORY
