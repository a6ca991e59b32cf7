"""Whole cases at random: any replies, also missing ones and some to questions that are not asked; any plan, age and policy."""

import datetime
from typing import Any

from hypothesis import strategies as st

from screening.body import AREAS, MUSCLES, SIDES, MuscleSite
from screening.precautions.policy import ADDITIONAL_GROUPS, Policy
from screening.precautions.questions import Question, Where
from screening.precautions.vocabulary import Case, Plan
from screening.questionnaire import QUESTIONS
from tests.screening.answer_space import values
from tests.screening.cases import HARMLESS_CHILD, TODAY

areas = st.sampled_from(sorted(AREAS))


@st.composite
def sites(draw: st.DrawFn) -> MuscleSite:
    muscle = MUSCLES[draw(st.sampled_from(sorted(MUSCLES)))]
    return MuscleSite(muscle, draw(st.sampled_from(SIDES)), draw(st.sampled_from(("", *muscle.regions))))


plans = st.builds(
    Plan, st.lists(sites(), max_size=4).map(tuple), st.lists(areas, max_size=3).map(lambda codes: frozenset(codes))
)
policies = st.builds(
    Policy,
    age_of_majority=st.integers(18, 21),
    minimum_age=st.integers(12, 16),
    first_trimester_ends=st.integers(97, 120),
    second_clinician=st.booleans(),
    avoid_lymphedema_region=st.booleans(),
    caution_all_pregnancy=st.booleans(),
    advise_against_low_white_cells=st.booleans(),
    advise_against_strong_fear=st.booleans(),
    additional=st.lists(st.sampled_from(ADDITIONAL_GROUPS), unique=True).map(tuple),
)
births = st.one_of(
    st.dates(datetime.date(1900, 1, 1), TODAY), st.dates(datetime.date(2005, 11, 28), datetime.date(2015, 12, 2))
)


def replies_to(question: Question) -> st.SearchStrategy[Any]:
    if isinstance(question, Where):
        return st.one_of(st.just("unsure"), st.frozensets(areas, min_size=1, max_size=4))
    return st.sampled_from(values(question))


@st.composite
def replies(draw: st.DrawFn) -> dict[str, Any]:
    """Mostly harmless replies, a few questions answered at random or left out."""
    said: dict[str, Any] = dict(HARMLESS_CHILD)
    for code in draw(st.lists(st.sampled_from(sorted(QUESTIONS)), max_size=14, unique=True)):
        said[code] = draw(replies_to(QUESTIONS[code]))
    for code in draw(st.lists(st.sampled_from(sorted(QUESTIONS)), max_size=2, unique=True)):
        said.pop(code, None)
    return said


cases = st.builds(Case, births, st.just(TODAY), replies(), plans, policies)
