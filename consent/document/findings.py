"""The findings of a record: what applied, why, where, and how every requirement was met."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent.document.words import ORIGINS, REQUIREMENTS, Act, Badge, Clock, act, badge_of
from screening.models import Finding, Resolution
from screening.precautions.vocabulary import Origin, Requirement
from screening.review import MATERIALS
from screening.standing import Standing, Standings

LONGEST_WHOLE = 1500
LONGEST_BRIEF = 160  # a longer note stands in full once, under its precaution


@dataclass(frozen=True)
class Need:
    """One requirement, and how it was met: by what people recorded, or in `words`."""

    label: str
    met: bool
    words: str = ""
    acts: tuple[Act, ...] = ()
    brief: str = ""


@dataclass(frozen=True)
class Found:
    """One finding as printed."""

    part: str
    number: int
    mark: str
    title: str
    badge: Badge
    says: str
    beyond: bool
    origin: str
    places: str
    reasons: tuple[str, ...]
    needs: tuple[Need, ...]

    @property
    def is_short(self) -> bool:
        """Short enough to stay on one page."""
        return sum(len(act.note) for need in self.needs for act in need.acts) < LONGEST_WHOLE


@dataclass(frozen=True)
class Overridden:
    """A decision to treat despite a finding, with its reason and what the second clinician said."""

    found: Found
    by: Act
    wants_second: bool
    second: Act | None
    agrees: bool

    @property
    def is_short(self) -> bool:
        return len(self.by.note) + (len(self.second.note) if self.second else 0) < LONGEST_WHOLE


def needle_words(row: Resolution) -> str:
    """Material, brand, coating and lot of the needles."""
    details = row.details
    named = [
        str(MATERIALS.get(details.get("material", ""), details.get("material", ""))),
        details.get("brand", ""),
        _("coating %(coating)s") % {"coating": details["coating"]} if details.get("coating") else "",
        _("lot %(lot)s") % {"lot": details["lot"]} if details.get("lot") else "",
        _("free of the named metal") if details.get("free_of_metal") else "",
    ]
    return ", ".join(part for part in named if part)


def note_of(row: Resolution) -> str:
    """What was recorded, in words."""
    if row.kind != Requirement.NEEDLES:
        return row.note
    return ". ".join(filter(None, [needle_words(row), row.note]))


def brief_of(note: str, mark: str) -> str:
    if len(note) <= LONGEST_BRIEF:
        return note
    return _("Recorded in full under precaution %(number)s.") % {"number": mark}


class Reader:
    """Reads how requirements were met from what was recorded for a screening."""

    def __init__(self, stands: Standings, resolutions: list[Resolution], clock: Clock) -> None:
        self.stands = stands
        self.clock = clock
        self.recorded: dict[tuple[str, str], list[Resolution]] = {}
        for row in resolutions:
            if row.fingerprint:
                self.recorded.setdefault((row.fingerprint, row.kind), []).append(row)

    def found(self, standing: Standing) -> Found:
        finding = standing.finding
        return Found(
            part=finding.part,
            number=finding.number,
            mark=finding.precaution.mark,
            title=_(finding.precaution.title),
            badge=badge_of(finding.outcome, finding.scope),
            says=_(finding.statement.says),
            beyond=finding.origin != Origin.SOURCE,
            origin=self.cite(finding),
            places=", ".join(finding.place_words),
            reasons=tuple(finding.reason_words),
            needs=tuple(self.need(standing, need) for need in finding.requires),
        )

    def cite(self, finding: Finding) -> str:
        if finding.precaution.is_additional:
            return _("This clinic also asks (%(mark)s)") % {"mark": finding.precaution.mark}
        if finding.origin == Origin.SOURCE:
            return _("Source, precaution %(number)s") % {"number": finding.number}
        return str(ORIGINS[Origin(finding.origin)])

    def need(self, standing: Standing, need: str) -> Need:
        label, met = str(REQUIREMENTS[Requirement(need)]), need not in standing.open
        if need == Requirement.OVERRIDE and standing.override:
            by = act(
                standing.override, self.clock, _("The reason stands in full under “What was overridden, and why”.")
            )
            return Need(label, met, acts=(by,), brief=_("Overridden, see above."))
        if need == Requirement.SECOND_CLINICIAN and standing.second:
            by = act(standing.second, self.clock, self.opinion(standing))
            return Need(label, met, acts=(by,), brief=f"{by.who}: {by.note.lower()}")
        if need == Requirement.CAPACITY_OR_REPRESENTATIVE and self.stands.representative:
            row = self.stands.representative
            words = _("Representative: %(name)s, %(authority)s") % row.details
            return Need(label, met, acts=(act(row, self.clock, words),), brief=brief_of(words, standing.finding.precaution.mark))
        if need == Requirement.PLAN_FREE:
            words = _("The plan keeps clear.") if met else _("The plan runs into these places.")
            return Need(label, met, words, brief=words)
        return self.recorded_need(standing, need, label, met)

    def recorded_need(self, standing: Standing, need: str, label: str, met: bool) -> Need:
        rows = self.recorded.get((standing.finding.fingerprint, need), [])
        if not rows:
            words = "" if met else _("Open when the decision was made.")
            return Need(label, met, words, brief=f"{label}: {_('open')}" if not met else label)
        acts = tuple(act(row, self.clock, note_of(row)) for row in rows)
        return Need(label, met, acts=acts, brief=brief_of(acts[-1].note, standing.finding.precaution.mark))

    def opinion(self, standing: Standing) -> str:
        return _("Agrees.") if standing.second and standing.second.agrees else _("Does not agree.")

    def overridden(self, standing: Standing) -> Overridden | None:
        over, second = standing.override, standing.second
        if over is None:
            return None
        return Overridden(
            found=self.found(standing),
            by=act(over, self.clock, over.reason),
            wants_second=Requirement.SECOND_CLINICIAN in standing.finding.requires,
            second=act(second, self.clock, second.reason) if second else None,
            agrees=bool(second and second.agrees),
        )
