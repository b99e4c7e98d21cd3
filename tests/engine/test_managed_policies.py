"""The policies that AWS manages, compared with each other."""

import json
import random

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.policy.document import read_policy

DOCUMENTS = {name: row["Document"] for name, row in json.loads(aws_managed_policies_data).items()}
PARTS = 8
# A seed of its own for each purpose, so that the choice does not move.
CHOSEN = random.Random(100).sample(sorted(DOCUMENTS), 100)


def access(name):
    return access_of([read_policy(json.dumps(DOCUMENTS[name]), name)])


@pytest.fixture(scope="module")
def administrator():
    return access("AdministratorAccess")


@pytest.mark.parametrize("part", range(PARTS))
def test_each_is_equal_to_itself_and_within_what_an_administrator_may(part, administrator):
    for name in sorted(DOCUMENTS)[part::PARTS]:
        own = access(name)
        assert compare(own, own).answer is ComparisonAnswer.NO_NEW_ACCESS, name
        assert compare(own, administrator).answer is ComparisonAnswer.NO_NEW_ACCESS, name


@pytest.mark.parametrize("part", range(PARTS))
def test_of_ordered_pairs_hardly_any_is_unknown_and_every_witness_is_confirmed(part):
    accesses = {name: access(name) for name in CHOSEN}
    unknown = []
    for new in CHOSEN[part::PARTS]:
        for old in CHOSEN:
            if new == old:
                continue
            found = compare(accesses[new], accesses[old])
            if found.answer is ComparisonAnswer.UNKNOWN:
                unknown.append((new, old, found.reason))
            if found.witness:
                assert accesses[new].contains(found.witness) is True
                assert accesses[old].contains(found.witness) is False
    assert len(unknown) <= len(CHOSEN[part::PARTS]) * 99 // 1000, unknown
