"""Three questions at most on today's real risks, asked before anyone signs; each with what is explained again after a miss.

Part of the consent's wording: change a word, and WORDING_VERSION changes with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MOST = 3
UNSURE = "unsure"


def _(text: str) -> str:
    """Mark a string for translation."""
    return text


NOT_SURE = _("I am not sure")
WENT_ON = _("Went on without another answer")


@dataclass(frozen=True)
class Asked:
    """A question in one way of speaking: its replies in the order shown, and the explanation after a miss."""

    text: str
    replies: dict[str, str]
    again: str


@dataclass(frozen=True)
class Check:
    """One question on one risk or right, for adults and in words for a child; `right` is the code of the right reply."""

    code: str
    right: str
    adult: Asked
    child: Asked

    def told(self, is_child: bool, translate: Callable[[str], str]) -> dict[str, Any]:
        """The question as JSON, in one language; not being sure is always a reply."""
        asked = self.child if is_child else self.adult
        replies = asked.replies | {UNSURE: NOT_SURE}
        return {
            "code": self.code,
            "text": translate(asked.text),
            "replies": [[code, translate(words)] for code, words in replies.items()],
            "right": self.right,
            "again": translate(asked.again),
            "went_on": translate(WENT_ON),
        }


LUNG = Check(
    code="lung",
    right="help",
    adult=Asked(
        _("Hours or days after the treatment your chest hurts, or it is hard to breathe. What do you do?"),
        {"wait": _("Lie down and wait a day"), "help": _("Get emergency help at once")},
        _("Please get emergency help at once. Some muscles planned today lie close to the lung. Very rarely a needle can let air in around the lung. Chest pain, a dry cough or short breath can be a sign of it, even hours or days later."),
    ),
    child=Asked(
        _("Later, at home, your chest hurts or it is hard to breathe. What do you do?"),
        {"wait": _("Lie down and wait until tomorrow"), "help": _("Tell a grown-up at once, who gets emergency help")},
        _("Tell a grown-up at once, and the grown-up gets emergency help. Very rarely a needle can let a little air in next to the lung. Then your chest can hurt, you can have a dry cough, or it can be hard to breathe, even a day or two later."),
    ),
)  # fmt: skip
BLEEDING = Check(
    code="bleeding",
    right="help",
    adult=Asked(
        _("After the treatment a place goes on bleeding or swelling and does not stop. What do you do?"),
        {"help": _("Get emergency help"), "wait": _("Wait until my next visit")},
        _("Please get emergency help for bleeding or swelling that does not stop. You may bleed a little more than other people, so we press longer after each needle. If you take a medicine, keep taking it as usual."),
    ),
    child=Asked(
        _("At home, a place where a needle was keeps bleeding or swelling. What do you do?"),
        {"help": _("Tell a grown-up, who gets emergency help"), "wait": _("Say nothing and put on a plaster")},
        _("Tell a grown-up, and the grown-up gets emergency help. You may bleed a little more than other children, so we press longer after each needle. If you take a medicine, keep taking it as usual."),
    ),
)  # fmt: skip
INFECTION = Check(
    code="infection",
    right="call",
    adult=Asked(
        _("In the days after the treatment the redness around a needle spot spreads, or you get a fever. What do you do?"),
        {"wait": _("Wait until it goes away"), "call": _("Call the clinic or a doctor")},
        _("Please call us or a doctor for spreading redness, a fever or a hot joint. Your body may fight germs less well, so it is good to look early."),
    ),
    child=Asked(
        _("A few days later, the skin where a needle was gets more and more red, or you feel hot and ill. What do you do?"),
        {"wait": _("Wait until it goes away"), "call": _("Tell a grown-up, who calls the clinic or a doctor")},
        _("Tell a grown-up, and the grown-up calls us or a doctor. Your body may find it harder to fight germs, so it is good to look early."),
    ),
)  # fmt: skip
FAINTING = Check(
    code="fainting",
    right="say",
    adult=Asked(
        _("During the treatment you feel dizzy or unwell. What do you do?"),
        {"say": _("Say so at once"), "bear": _("Say nothing until it is over")},
        _("Please say so at once. Then we stop, take the needles out, and let you lie down until you feel well again."),
    ),
    child=Asked(
        _("While a needle is in, you feel dizzy or sick. What do you do?"),
        {"say": _("Say so at once"), "bear": _("Say nothing until it is over")},
        _("Say so at once. Then we stop, take the needles out, and you lie down until you feel well again."),
    ),
)  # fmt: skip
SORENESS = Check(
    code="soreness",
    right="normal",
    adult=Asked(
        _("A day later the place is a little sore, or has a small bruise. What does that mean?"),
        {"wrong": _("Something has gone badly wrong"), "normal": _("It is normal and passes by itself")},
        _("Many people are sore for a day or two, and some have a small bruise. That is normal and passes by itself."),
    ),
    child=Asked(
        _("The next day the place is a little sore, or has a small blue mark. What does that mean?"),
        {"wrong": _("Something has gone badly wrong"), "normal": _("That is normal and goes away by itself")},
        _("Many people are sore for a day or two, and some have a small blue mark. That is normal and goes away by itself."),
    ),
)  # fmt: skip
STOPPING = Check(
    code="stopping",
    right="always",
    adult=Asked(
        _("You have agreed and signed. May you still say stop?"),
        {
            "never": _("No, not once I have signed"),
            "always": _("Yes, at any time, also when a needle is in"),
            "before": _("Only before the first needle"),
        },
        _("You may say stop at any time, also when a needle is in. You do not have to say why, and your other care goes on."),
    ),
    child=Asked(
        _("You said yes, and a needle is in. May you still say stop?"),
        {"never": _("No, because I said yes"), "always": _("Yes, always")},
        _("You may always say stop, and then we stop. You do not have to say why, and nobody will be cross with you."),
    ),
)  # fmt: skip

CHECKS = (LUNG, BLEEDING, INFECTION, FAINTING, SORENESS, STOPPING)


def chosen(*, near_lung: bool, bleeds: bool, germs: bool, faints: bool) -> list[Check]:
    """Those of today: the patient's own risks first, what happens to nearly everyone where there is room, and always the right to stop."""
    applies = {LUNG.code: near_lung, BLEEDING.code: bleeds, INFECTION.code: germs, FAINTING.code: faints}
    own = [check for check in CHECKS if applies.get(check.code)]
    return [*[*own, SORENESS][: MOST - 1], STOPPING]
