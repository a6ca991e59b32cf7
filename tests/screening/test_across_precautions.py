"""Whole cases, at random: findings only add up, nothing in a plan takes one away, and the overall outcome is as specified."""

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from screening.body import AREAS
from screening.precautions import EVERY
from screening.precautions.policy import STRICTER, Policy
from screening.precautions.questions import UNSURE
from screening.precautions.vocabulary import Case, Plan, Requirement
from screening.questionnaire import (
    PRECAUTION_OF,
    PRECAUTION_OF_PART,
    QUESTIONS,
    Screened,
    open_questions,
    roll_up,
    screen,
    shown,
)
from tests.screening.answer_space import values
from tests.screening.cases import found
from tests.screening.proofs import harsher, lost, shape, weight
from tests.screening.strategies import areas, cases, sites


def by_part(screened: Screened):
    return {trigger.part: trigger for trigger in screened.findings}


def without_second_clinician(case: Case) -> Case:
    return replace(case, policy=replace(case.policy, second_clinician=False))


@given(cases)
def test_the_whole_is_what_the_fifteen_find_each_on_its_own_in_the_sources_order(case):
    each = [found(precaution, case) for precaution in EVERY]
    whole = screen(without_second_clinician(case))
    assert shape(by_part(whole)) == {part: one for findings in each for part, one in shape(findings).items()}
    numbers = [PRECAUTION_OF_PART[trigger.part].number for trigger in whole.findings]
    assert numbers == sorted(numbers)


@given(cases, st.data())
def test_replies_to_one_precaution_change_nothing_that_another_finds(case, data):
    question = QUESTIONS[data.draw(st.sampled_from(sorted(QUESTIONS)))]
    other = replace(case, replies={**case.replies, question.code: data.draw(st.sampled_from(values(question)))})
    for precaution in EVERY:
        if precaution is not PRECAUTION_OF[question.code]:
            assert found(precaution, case) == found(precaution, other)


@given(cases, st.data())
def test_a_worse_reply_takes_nothing_away_and_adds_to_the_open_questions_when_not_sure(case, data):
    question = QUESTIONS[data.draw(st.sampled_from(sorted(QUESTIONS)))]
    reply = data.draw(st.sampled_from(values(question)))
    for worse in harsher(question, reply):
        before = screen(replace(case, replies={**case.replies, question.code: reply}))
        after = screen(replace(case, replies={**case.replies, question.code: worse}))
        assert not lost(by_part(before), by_part(after))
        assert set(before.conflicts) <= set(after.conflicts)
        if worse == UNSURE and case.shows(question):
            assert question.code in after.open


@given(cases, sites(), areas)
def test_a_muscle_or_an_area_more_in_the_plan_takes_no_finding_and_no_conflict_away(case, site, area):
    before = screen(case)
    for more in (
        Plan((*case.plan.muscles, site), case.plan.areas),
        Plan(case.plan.muscles, case.plan.areas | {area}),
    ):
        after = screen(replace(case, plan=more))
        assert not lost(by_part(before), by_part(after))
        assert set(before.conflicts) <= set(after.conflicts)


@given(cases)
def test_there_is_a_conflict_exactly_when_the_plan_meets_a_forbidden_place(case):
    expected = []
    touched = set(case.plan.areas) | {
        f"{region}_{site.side}" if f"{region}_{site.side}" in AREAS else region
        for site in case.plan.muscles
        for region in ([site.entry] if site.entry else site.muscle.regions)
    }
    planned = {f"{site.muscle.id}_{site.side}" for site in case.plan.muscles}
    for trigger in screen(case).findings:
        forbidden = trigger.outcome in ("avoid_region", "contraindicated")
        meets = {"regions": touched, "muscles": planned, "person": set()}[trigger.scope] & trigger.places
        if forbidden and meets:
            expected.append(trigger.part)
    assert list(screen(case).conflicts) == expected


@given(cases, st.sampled_from(sorted(STRICTER)))
def test_a_stricter_switch_only_raises_and_marks_what_it_raised(case, switch):
    off = by_part(screen(replace(case, policy=replace(case.policy, **{switch: False}))))
    on = by_part(screen(replace(case, policy=replace(case.policy, **{switch: True}))))
    assert not lost(off, on)
    for part, trigger in on.items():
        if part not in off or off[part].outcome != trigger.outcome:
            assert trigger.origin == "policy"
            assert part not in off or set(off[part].requires) <= set(trigger.requires)


@given(cases, st.integers(0, 9), st.integers(0, 60))
def test_a_raised_age_or_a_longer_trimester_never_lowers_what_a_precaution_comes_to(case, years, days):
    policy = case.policy
    raised = replace(
        policy, minimum_age=min(policy.minimum_age + years, 18), first_trimester_ends=policy.first_trimester_ends + days
    )
    for precaution in EVERY:
        before = found(precaution, case).values()
        after = found(precaution, replace(case, policy=raised)).values()
        assert max(map(weight, before), default=-1) <= max(map(weight, after), default=-1)


@given(cases)
def test_a_default_policy_marks_nothing_as_policy(case):
    assert all(found.origin != "policy" for found in screen(replace(case, policy=Policy())).findings)
    assert {field.name for field in fields(Policy)} >= set(STRICTER)


@given(cases)
def test_a_second_clinician_is_asked_for_exactly_where_a_contraindication_may_be_overridden(case):
    for trigger in screen(case).findings:
        needed = case.policy.second_clinician and trigger.outcome == "contraindicated" and trigger.overridable
        assert (Requirement.SECOND_CLINICIAN in trigger.requires) is needed


def specified_overall(findings, places: frozenset[str]) -> set[str]:
    """Section 1 of the specification in another style: which sentences hold."""
    classes = {trigger.outcome.value for trigger in findings}
    stops = [trigger for trigger in findings if trigger.outcome == "contraindicated"]
    regional = [trigger for trigger in stops if trigger.scope != "person"]
    hit = [trigger for trigger in regional if not trigger.places.isdisjoint(places)]
    sentences = {
        "clear": not findings,
        "clear_with_information": bool(findings) and classes <= {"informational", "educate"},
        "caution": "caution" in classes,
        "avoid_some_regions": "avoid_region" in classes
        or any(trigger not in hit or not places <= trigger.places for trigger in regional),
        "needs_equipment_change": "modify_equipment" in classes,
        "needs_consent_step": "consent_step" in classes,
        "not_recommended": "not_recommended" in classes,
        "contraindicated": bool(hit) or len(stops) > len(regional),
        "declined": any(trigger.declines for trigger in findings),
    }
    return {name for name, holds in sentences.items() if holds}


@given(cases)
def test_the_overall_outcome_is_what_section_1_says_and_never_empty(case):
    screened = screen(case)
    overall = {item.value for item in screened.overall}
    assert overall == specified_overall(screened.findings, case.plan.places)
    assert screened.overall == roll_up(screened.findings, case.plan)
    assert overall
    refused = case.replies.get("wants-treatment") == "no"
    assert ("declined" in overall) is refused


@given(cases)
def test_open_are_exactly_the_shown_questions_without_a_sure_reply(case):
    expected = [question.code for question in shown(case) if case.replies.get(question.code, UNSURE) == UNSURE]
    assert list(screen(case).open) == expected == [question.code for question in open_questions(case)]


@given(cases)
def test_screening_changes_nothing_and_says_the_same_again(case):
    before = dict(case.replies)
    assert screen(case) == screen(case)
    assert case.replies == before
