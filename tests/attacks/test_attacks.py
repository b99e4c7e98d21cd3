"""Answers of `diff`, `compact`, `lint --fix` and `can`, attacked with requests that a judge of its own decides.

Policies are random ones, those that AWS manages with changes, and successive versions of these. Each test has floors:
how often iamglue decides, and how many requests are allowed at all, so that none can pass for want of evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from attacks.attacker import Attacker
from attacks.campaign import Campaign
from attacks.effort import attacks, fresh_random
from attacks.faults import with_faults
from attacks.managed import changed, documents, version_pairs
from attacks.parameters import filled, with_parameter
from attacks.possible import has_real_values
from attacks.product import answered, can_do, compacted, fixed
from attacks.random_policies import ABOUT_CALLERS, THEMES, PolicyWriter, shown
from attacks.verdict import allows, every

pytestmark = pytest.mark.attacks


def campaign(name, share):
    return Campaign(fresh_random(name), attacks(share))


def random_pairs(theme, random) -> Iterator[tuple[str, dict, dict]]:
    while True:
        yield theme, *PolicyWriter(THEMES[theme], random).pair()


def changed_pairs(random) -> Iterator[tuple[str, dict, dict]]:
    while True:
        old = random.choice(documents())
        new = changed(old, random)
        yield from (("changed", old, new), ("changed back", new, old))


def successive_versions(random) -> Iterator[tuple[str, dict, dict]]:
    while True:
        name, old, new = random.choice(version_pairs())
        yield from ((name, old, new), (f"{name}, back", new, old))


def assert_answers_hold(run, *, decided=0.8, proved=0.2, confirmed=0.6, hits=0.05):
    assert not run.failures, run.report()
    assert run.share("unknown", "answers") <= 1 - decided, run.report()
    assert run.share("no-new-access", "answers") >= proved, run.report()
    assert run.share("confirmed", "new-access") >= confirmed, run.report()
    assert run.share("hits", "attacks") >= hits, run.report()


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("theme", THEMES)
def test_no_request_refutes_what_diff_says_of_random_policies(theme, part):
    run = campaign(f"{theme} {part}", 0.06)
    run.on_differences(random_pairs(theme, run.random))
    assert_answers_hold(run)


@pytest.mark.parametrize("part", range(2))
def test_no_request_refutes_what_diff_says_of_changes_to_managed_policies(part):
    run = campaign(f"managed {part}", 0.06)
    run.on_differences(changed_pairs(run.random))
    assert_answers_hold(run, hits=0.3)


def test_no_request_refutes_what_diff_says_of_versions_of_managed_policies():
    run = campaign("versions", 0.08)
    run.on_differences(successive_versions(run.random))
    assert_answers_hold(run, hits=0.3)


@pytest.mark.parametrize("theme", THEMES)
def test_no_value_of_a_parameter_refutes_what_diff_says(theme):
    """`${P}` is any text that a deployment puts in: nothing, a wildcard, a whole ARN."""
    run = campaign(f"parameters {theme}", 0.02)
    for _, *pair in random_pairs(theme, run.random):
        if run.counts["attacks"] >= run.budget:
            break
        old, new, values = with_parameter(*pair, run.random)
        answer, _ = answered([old], [new])
        run.counts["answers"] += 1
        run.counts[answer] += 1
        for value in values if answer == "no-new-access" else ():
            run.on_narrowing(f"{theme}, P = {value!r}", [filled(old, value)], [filled(new, value)])
    assert not run.failures, run.report()
    assert run.share("no-new-access", "answers") >= 0.1, run.report()


def test_witnesses_are_somebody():
    """A user's ARN with the type of a role, or a service with a user's name, is nobody: page on global keys."""
    run = campaign("witnesses", 0.1)
    run.on_differences(("callers", *PolicyWriter(ABOUT_CALLERS, run.random).pair()) for _ in count())
    assert not run.nobodies, "\n\n".join([f"{len(run.nobodies)} of {run.counts['new-access']}", *run.nobodies[:5]])
    assert run.share("new-access", "answers") >= 0.2, run.report()


@pytest.mark.parametrize("smallest", [False, True], ids=["to a limit", "--max"])
def test_compacted_policies_allow_what_they_did(smallest):
    run = campaign(f"compact {smallest}", 0.05)
    while run.counts["attacks"] < run.budget:
        theme = run.random.choice(["s3", "ssm", "managed"])
        managed = theme == "managed"
        policy = run.random.choice(documents()) if managed else PolicyWriter(THEMES[theme], run.random).policy()
        after = compacted(policy, smallest=smallest)
        run.counts["answers"] += 1
        if after and after != [policy]:
            run.counts["changed"] += 1
            run.on_equality(theme, [policy], after)
    assert not run.failures, run.report()
    assert run.share("changed", "answers") >= 0.3, run.report()
    assert run.share("hits", "attacks") >= 0.1, run.report()


@pytest.mark.parametrize("theme", THEMES)
def test_safe_fixes_grant_nothing_new(theme):
    run = campaign(f"fix {theme}", 0.02)
    kind = "resource" if theme == "resource policy" else "identity"
    while run.counts["attacks"] < run.budget:
        policy = with_faults(PolicyWriter(THEMES[theme], run.random).policy(), run.random)
        after = fixed(policy, kind)
        run.counts["answers"] += 1
        if after != policy:
            run.counts["changed"] += 1
            run.on_narrowing(theme, [policy], [after])
    assert not run.failures, run.report()
    assert run.share("changed", "answers") >= 0.3, run.report()
    assert run.share("hits", "attacks") >= 0.1, run.report()


@pytest.mark.parametrize("theme", ["s3", "ssm"])
def test_can_allows_and_denies_what_the_judge_does(theme):
    """Identity policies, a permissions boundary and an SCP must each allow; AWS: the evaluation logic page."""
    run = campaign(f"can {theme}", 0.05)
    while run.counts["attacks"] < run.budget:
        writer = PolicyWriter(THEMES[theme], run.random)
        layers = [writer.policy() for _ in range(run.random.choice((1, 1, 2, 3)))]
        for request in filter(has_real_values, Attacker(layers, run.random).requests(12)):
            verdicts = {
                silence: every(allows([layer], replace(request, silence=silence)) for layer in layers)
                for silence in (None, True, False)
            }
            answer = can_do(request, layers)
            run.counts["attacks"] += 1
            run.counts["hits"] += answer == "allowed"
            run.counts["unknown"] += answer == "unknown"
            wrong = (answer == "allowed" and False in verdicts.values()) or (
                answer.endswith("denied") and True in verdicts.values()
            )
            if wrong:
                run.failures.append(f"{answer}, judge {verdicts}\n{shown(layers)}\n{request}")
    assert not run.failures, run.report()
    assert run.share("unknown", "attacks") <= 0.25, run.report()
    assert run.share("hits", "attacks") >= 0.03, run.report()
