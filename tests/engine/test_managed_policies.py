"""AWS managed policies, compared with each other."""

import json
import random

import pytest
from support.managed_policies import managed_documents

from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.policy.document import read_policy

DOCUMENTS = managed_documents()
PARTS = 4
# A fixed seed, so that the sample stays the same: 3,540 pairs.
CHOSEN = random.Random(100).sample(sorted(DOCUMENTS), 60)


def access(name):
    return access_of([read_policy(json.dumps(DOCUMENTS[name]), name)])


@pytest.fixture(scope="module")
def accesses():
    return {name: access(name) for name in CHOSEN}


@pytest.fixture(scope="module")
def administrator():
    return access("AdministratorAccess")


@pytest.mark.parametrize("part", range(PARTS))
def test_each_policy_equals_itself_and_is_within_administrator_access(part, administrator):
    for name in sorted(DOCUMENTS)[part::PARTS]:
        policy_access = access(name)
        assert compare(policy_access, policy_access).answer is ComparisonAnswer.NO_NEW_ACCESS, name
        assert compare(policy_access, administrator).answer is ComparisonAnswer.NO_NEW_ACCESS, name


@pytest.mark.parametrize("part", range(PARTS))
def test_few_pairs_are_unknown_and_every_witness_is_confirmed(part, accesses):
    unknown = []
    for new in CHOSEN[part::PARTS]:
        for old in CHOSEN:
            if new == old:
                continue
            comparison = compare(accesses[new], accesses[old])
            if comparison.answer is ComparisonAnswer.UNKNOWN:
                unknown.append((new, old, comparison.reason))
            if comparison.witness:
                assert accesses[new].contains(comparison.witness) is True
                assert accesses[old].contains(comparison.witness) is False
    assert len(unknown) <= len(CHOSEN[part::PARTS]) * len(CHOSEN) // 1000, unknown
