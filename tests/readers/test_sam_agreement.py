"""Our view of SAM templates, compared with what AWS's own translator makes of them.

Both are read as accounts: the SAM template by our SAM reader, the translator's output by our CloudFormation reader.
"""

from __future__ import annotations

import json

from support.rows import check_every
from support.sam import account_of, translate
from support.sam_corpus import sam_corpus

CORPUS = sam_corpus()
# An intended difference: the account of all cases has one of the two roles that a function can have, the one that SAM
# creates; the cases have both.
OTHER_ROLE = {"function: role of a condition"}


def canonical(value):
    """Data in an order and a spelling that do not depend on who wrote it; a single value is a list of one."""
    if isinstance(value, dict):
        return {key: canonical(item) for key, item in value.items() if key != "Sid"}
    if isinstance(value, list):
        return sorted(map(canonical, value), key=lambda item: json.dumps(item, sort_keys=True))
    return str(value).replace("${AWS::Partition}", "aws")


def statement_set(policies, *, without=()):
    rows = [row for policy in policies for row in json.loads(policy.text)["Statement"]] if policies else []
    result = set()
    for row in rows:
        listed = {
            key: item if isinstance(item, (list, dict)) else [item] for key, item in row.items() if key not in without
        }
        text = json.dumps(canonical(listed), sort_keys=True)
        result.add(text.lower().replace('["sts:assumerole"]', '"sts:assumerole"'))
    return result


def services(policy):
    """The trust statements; a principal in a list of one is the principal."""
    return {text.replace("[", "").replace("]", "") for text in statement_set([policy])}


def view(account):
    roles = {
        role.name: {
            "trust": services(role.trust),
            "managed": {
                policy.arn.replace("${AWS::Partition}", "aws") for policy in role.policies if policy.is_aws_managed
            },
            "own": statement_set([policy for policy in role.policies if not policy.is_aws_managed]),
            "boundary": role.boundary.name if role.boundary else None,
            "path": role.path,
            "tags": role.tags,
        }
        for role in account.roles
    }
    functions = {
        function.name: {
            "role": function.role_arn,
            "sources": sorted(mapping.arn for mapping in function.event_sources),
            "invoke": statement_set([part.policy for part in function.permissions], without=("Resource",)),
        }
        for function in account.functions
    }
    return roles, functions


def test_the_corpus_has_enough_templates():
    assert len(CORPUS) >= 150


def test_roles_and_permissions_are_those_that_the_translator_makes():
    def check(name):
        ours, theirs = view(account_of(CORPUS[name])), view(account_of(translate(CORPUS[name])))
        assert ours[0] == theirs[0]
        assert name in OTHER_ROLE or ours[1] == theirs[1]

    check_every(CORPUS, check)


def test_nothing_in_the_corpus_is_unknown():
    assert {name: gaps for name, template in CORPUS.items() if (gaps := account_of(template).gaps)} == {}
