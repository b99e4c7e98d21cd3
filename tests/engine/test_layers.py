"""Evaluation of policy layers: cases from AWS's pages on policy evaluation.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.layered import (
    ALL,
    AWAY,
    DENIES,
    DENY,
    EVERYONE,
    FEDERATED,
    HOME,
    KEY,
    LINKED,
    NO,
    NOBODY_ELSE,
    NONE,
    OBJECT,
    QUEUE,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    TARGET,
    THEIR_KEY,
    THEIR_ROLE,
    THEIRS,
    UNDECIDABLE,
    UNKNOWN,
    USER,
    YES,
    Case,
    policy,
    statement,
    to,
)
from support.rows import every_row

from iamglue.engine.evaluate.layers import build_layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.errors import IamglueError

KMS = {"action": "kms:Decrypt", "on": KEY}
ASSUME = {"action": "sts:AssumeRole", "on": TARGET}
BYPASS = {"boundary": NONE, "session": NONE}
TAG = {"aws:PrincipalTag/x": ("v",)}
MAY_DENY = policy(statement(), statement("Deny", Condition=UNDECIDABLE))

CASES = {
    "without any policy everything is denied": Case(NO),
    "an identity policy is enough in one account": Case(YES, identity=ALL),
    "a resource-based policy is enough in one account": Case(YES, resource=to(USER)),
    "a Deny of the resource-based policy wins": Case(DENY, identity=ALL, resource=to(USER, effect="Deny")),
    "a Deny of the identity policy wins over the resource": Case(DENY, identity=DENIES, resource=to(USER)),
    "a Deny of the boundary wins over a grant that bypasses it": Case(DENY, boundary=DENIES, resource=to(USER)),
    "a Deny of the session policy wins over a session's grant": Case(
        DENY, SESSION, session=DENIES, resource=to(SESSION)
    ),
    # boundaries and session policies
    "a boundary alone grants nothing": Case(NO, boundary=ALL),
    "a boundary limits identity policies": Case(NO, identity=ALL, boundary=NONE),
    "identity and boundary together allow": Case(YES, identity=ALL, boundary=ALL),
    "a session policy limits the role": Case(NO, SESSION, identity=ALL, session=NONE),
    "role, boundary and session policy together allow": Case(YES, SESSION, identity=ALL, boundary=ALL, session=ALL),
    "a session without a session policy has what the role has": Case(YES, SESSION, identity=ALL),
    "a federated user without a session policy has nothing of the user's": Case(NO, FEDERATED, identity=ALL),
    "a federated user has what user and session policy allow": Case(YES, FEDERATED, identity=ALL, session=ALL),
    # which limits a grant of a resource-based policy overrides, by the principal that it names
    "a user's grant overrides the boundary": Case(YES, boundary=NONE, resource=to(USER)),
    "a user's grant is limited in that user's federated session": Case(NO, session=NONE, resource=to(USER)),
    "a role's grant overrides missing identity policies": Case(YES, SESSION, resource=to(ROLE)),
    "a role's grant is limited by the boundary": Case(NO, SESSION, boundary=NONE, resource=to(ROLE)),
    "a role's grant is limited by the session policy": Case(NO, SESSION, session=NONE, resource=to(ROLE)),
    "a role's grant within boundary and session policy allows": Case(
        YES, SESSION, boundary=ALL, session=ALL, resource=to(ROLE)
    ),
    "a session's grant overrides boundary and session policy": Case(YES, SESSION, resource=to(SESSION), **BYPASS),
    "a grant for another session grants nothing": Case(NO, SESSION, resource=to(SESSION + "2")),
    "a federated user's grant overrides everything": Case(YES, FEDERATED, resource=to(FEDERATED), **BYPASS),
    "a grant for everyone overrides everything": Case(YES, SESSION, resource=EVERYONE, **BYPASS),
    "a grant for the account only delegates": Case(NO, resource=to(HOME)),
    "a grant for the account and the account's own policy allow": Case(YES, identity=ALL, resource=to(ROOT)),
    "a grant for the account stays within the boundary": Case(NO, identity=ALL, boundary=NONE, resource=to(HOME)),
    "a grant to a user is undecided for a federated session": Case(UNKNOWN, FEDERATED, session=ALL, resource=to(USER)),
    "a user's grant grants a federated session no more than its session policy": Case(
        NO, FEDERATED, session=NONE, resource=to(USER)
    ),
    "NotPrincipal exempts user and account": Case(YES, resource=NOBODY_ELSE),
    "NotPrincipal exempts nobody else": Case(DENY, SESSION, resource=NOBODY_ELSE),
    "NotPrincipal exempts no principal with a boundary": Case(DENY, boundary=ALL, resource=NOBODY_ELSE),
    "NotPrincipal without the account is undecided": Case(
        UNKNOWN,
        identity=ALL,
        resource=policy({"Effect": "Deny", "NotPrincipal": {"AWS": USER}, "Action": "*", "Resource": "*"}),
    ),
    # organizations
    "an SCP alone grants nothing": Case(NO, scps=(ALL,)),
    "SCPs that allow on every level let identity policies decide": Case(YES, identity=ALL, scps=(ALL, ALL, ALL)),
    "an SCP level without an Allow denies": Case(NO, identity=ALL, scps=(ALL, NONE, ALL)),
    "a Deny on any level denies": Case(DENY, identity=ALL, scps=(ALL, DENIES)),
    "SCPs limit resource-based grants too": Case(NO, resource=to(USER), scps=(NONE,)),
    "SCPs apply to the root user": Case(NO, ROOT, scps=(NONE,)),
    "SCPs do not apply to service-linked roles": Case(YES, LINKED, identity=ALL, scps=(NONE,)),
    "SCPs do not apply to service principals": Case(YES, SERVICE, resource=to(SERVICE, kind="Service"), scps=(NONE,)),
    "an RCP need not allow, because AWS attaches one that allows": Case(
        YES, identity=ALL, rcps=(to("*", effect="Deny", Action="s3:*"),)
    ),
    "a Deny of an RCP denies": Case(DENY, identity=ALL, rcps=(EVERYONE, to("*", effect="Deny"))),
    "RCPs apply to the root user": Case(DENY, ROOT, rcps=(to("*", effect="Deny"),)),
    "RCPs apply to service principals": Case(
        DENY, SERVICE, resource=to(SERVICE, kind="Service"), rcps=(to("*", effect="Deny"),)
    ),
    "RCPs do not apply to service-linked roles": Case(YES, LINKED, identity=ALL, rcps=(to("*", effect="Deny"),)),
    "RCPs do not apply to services that they do not support": Case(
        YES,
        action="ec2:StopInstances",
        on=f"arn:aws:ec2:eu-west-1:{HOME}:instance/i-1",
        identity=ALL,
        rcps=(to("*", effect="Deny"),),
    ),
    "RCPs do not apply to kms:RetireGrant": Case(
        YES, action="kms:RetireGrant", on=KEY, resource=to(USER), rcps=(to("*", effect="Deny"),)
    ),
    # two accounts
    "across accounts an identity policy is not enough": Case(NO, on=THEIRS, identity=ALL),
    "across accounts a resource-based policy is not enough": Case(NO, on=THEIRS, resource=to(USER)),
    "across accounts both together allow": Case(YES, on=THEIRS, identity=ALL, resource=to(USER)),
    "across accounts the resource may name the account": Case(YES, on=THEIRS, identity=ALL, resource=to(HOME)),
    "across accounts the resource may name everyone": Case(YES, on=THEIRS, identity=ALL, resource=EVERYONE),
    "across accounts the boundary still limits": Case(
        NO, SESSION, on=THEIRS, identity=ALL, boundary=NONE, resource=to(SESSION)
    ),
    "across accounts the session policy still limits": Case(
        NO, SESSION, on=THEIRS, identity=ALL, session=NONE, resource=to(SESSION)
    ),
    "across accounts SCPs apply to the principal": Case(NO, on=THEIRS, identity=ALL, resource=to(USER), scps=(NONE,)),
    "across accounts RCPs apply to the resource": Case(
        DENY, on=THEIRS, identity=ALL, resource=to(USER), rcps=(to("*", effect="Deny"),)
    ),
    "across accounts the resource's Deny denies": Case(DENY, on=THEIRS, identity=ALL, resource=to(HOME, effect="Deny")),
    "across accounts a root user needs the resource's Allow": Case(NO, ROOT, on=THEIRS),
    "across accounts a root user may use what its account is granted": Case(YES, ROOT, on=THEIRS, resource=to(HOME)),
    "a bucket of another account needs a bucket policy": Case(
        NO, action="s3:GetObject", on=OBJECT, account=AWAY, identity=ALL
    ),
    "a bucket of the same account needs no bucket policy": Case(
        YES, action="s3:GetObject", on=OBJECT, account=HOME, identity=ALL
    ),
    # other callers
    "the root user has full access to its account": Case(YES, ROOT),
    "a Deny of a resource-based policy applies to the root user": Case(DENY, ROOT, resource=to(HOME, effect="Deny")),
    "a service needs a grant that names it": Case(NO, SERVICE, resource=to("s3.amazonaws.com", kind="Service")),
    "a service that is named is allowed": Case(YES, SERVICE, resource=to(SERVICE, kind="Service")),
    "a service has no identity policies": Case(NO, SERVICE, identity=ALL),
    "a condition on the source confines a service": Case(
        NO, SERVICE, resource=to(SERVICE, kind="Service", Condition={"StringEquals": {"aws:SourceAccount": HOME}})
    ),
    "anyone may do what is granted to everyone": Case(YES, "*", resource=EVERYONE),
    "anyone may not do what is granted to an account": Case(NO, "*", resource=to(HOME)),
    # KMS keys
    "a key policy must let identity policies count": Case(NO, **KMS, identity=ALL, resource=to(ROLE)),
    "without a key policy identity policies count for nothing": Case(NO, **KMS, identity=ALL),
    "a key policy for the account lets identity policies decide": Case(YES, **KMS, identity=ALL, resource=to(ROOT)),
    "a key policy for the account grants nothing by itself": Case(NO, **KMS, resource=to(ROOT)),
    "a key policy may name the user": Case(YES, **KMS, resource=to(USER)),
    "the root user has no access to a key by itself": Case(NO, ROOT, **KMS, resource=to(ROLE)),
    "the root user has what the key policy grants the account": Case(YES, ROOT, **KMS, resource=to(HOME)),
    "a Deny of an identity policy applies to keys": Case(DENY, **KMS, identity=DENIES, resource=to(USER)),
    "a key of another account needs both": Case(
        YES, action="kms:Decrypt", on=THEIR_KEY, identity=ALL, resource=to(HOME)
    ),
    "a key of another account needs the identity policy": Case(
        NO, action="kms:Decrypt", on=THEIR_KEY, resource=to(HOME)
    ),
    "an action on no key needs no key policy": Case(YES, action="kms:ListKeys", on="*", identity=ALL),
    # roles
    "a trust policy must allow": Case(NO, **ASSUME, identity=ALL),
    "a trust policy that names the user is enough in one account": Case(
        YES, **ASSUME, resource=to(USER, Resource=None)
    ),
    "a trust policy that names the account delegates": Case(NO, **ASSUME, resource=to(HOME, Resource=None)),
    "a trust policy for the account and an identity policy allow": Case(
        YES, **ASSUME, identity=ALL, resource=to(HOME, Resource=None)
    ),
    "a role of another account needs both": Case(
        NO, action="sts:AssumeRole", on=THEIR_ROLE, resource=to(USER, Resource=None)
    ),
    "a service is trusted by name": Case(
        YES, "lambda.amazonaws.com", **ASSUME, resource=to("lambda.amazonaws.com", kind="Service", Resource=None)
    ),
    "an identity provider is trusted by name": Case(
        YES,
        f"arn:aws:iam::{HOME}:oidc-provider/token.actions.githubusercontent.com",
        action="sts:AssumeRoleWithWebIdentity",
        on=TARGET,
        resource=to(
            f"arn:aws:iam::{HOME}:oidc-provider/token.actions.githubusercontent.com", kind="Federated", Resource=None
        ),
    ),
    # keys that AWS sets in every request
    "aws:PrincipalArn is known": Case(
        YES, identity=policy(statement(Condition={"ArnEquals": {"aws:PrincipalArn": USER}}))
    ),
    "aws:username is known": Case(
        YES,
        identity=policy(
            statement(Resource="arn:aws:sqs:*:*:queue", Condition={"StringEquals": {"aws:username": "bob"}})
        ),
    ),
    "aws:ResourceAccount is that of the ARN": Case(
        DENY,
        on=THEIRS,
        identity=policy(statement(), statement("Deny", Condition={"StringNotEquals": {"aws:ResourceAccount": HOME}})),
    ),
    "a key in the context wins": Case(
        NO,
        identity=policy(statement(Condition={"StringEquals": {"aws:PrincipalAccount": HOME}})),
        context={"aws:principalaccount": (AWAY,)},
    ),
    "no policy controls sts:GetCallerIdentity": Case(YES, action="sts:GetCallerIdentity", on="*", identity=DENIES),
    # undecided requests
    "an Allow that cannot be decided makes it unknown": Case(
        UNKNOWN, identity=policy(statement(Condition=UNDECIDABLE)), context=TAG
    ),
    "an undecided path does not matter if another path allows": Case(
        YES,
        identity=ALL,
        resource=to(USER, Condition=UNDECIDABLE),
        context=TAG,
    ),
    "an undecided Allow does not matter if another layer denies": Case(
        NO, identity=policy(statement(Condition=UNDECIDABLE)), scps=(NONE,), context=TAG
    ),
    "an undecided Deny does not matter if no statement allows": Case(
        NO, identity=policy(statement("Deny", Condition=UNDECIDABLE)), context=TAG
    ),
    "an undecided Deny does not matter if a layer does not allow": Case(
        NO, identity=ALL, boundary=NONE, scps=(ALL, MAY_DENY), context=TAG
    ),
    "an undecided Deny does not matter if another Deny applies": Case(
        DENY, identity=DENIES, resource=to("*", effect="Deny", Condition=UNDECIDABLE), context=TAG
    ),
    "an undecided Deny matters if an Allow is undecided": Case(
        UNKNOWN, identity=policy(statement(Condition=UNDECIDABLE)), scps=(MAY_DENY, ALL), context=TAG
    ),
    "without a principal a grant to a user is undecided": Case(UNKNOWN, None, resource=to(USER)),
    "without a principal a grant to everyone applies": Case(YES, None, resource=EVERYONE),
    "without a principal identity policies apply": Case(YES, None, identity=ALL),
    "without a principal a missing key policy lets identity policies decide": Case(YES, None, **KMS, identity=ALL),
}


@every_row("case", CASES.values())
def test_the_decision_of_all_layers(case):
    result = case.decision()
    assert result.decision.value == case.expected, result.reason


@every_row("case", CASES.values())
def test_explicit_and_unknown_decisions_cite_their_statements(case):
    result = case.decision()
    assert bool(result.decided_by) or result.decision.value in (YES, NO)
    for cited, ref in result.decided_by:
        assert cited.cite(ref) in result.reason


EFFECTS = st.lists(st.tuples(st.sampled_from(["Allow", "Deny"]), st.sampled_from([True, False, None])), max_size=2)


def case_of(effects):
    """A request with layers of statements that apply, do not apply or are undecided."""
    identity, boundary, scp, resource = (
        [statement(effect, Condition=CONDITIONS[applies]) for effect, applies in layer] for layer in effects
    )
    named = [{**document, "Principal": {"AWS": USER}} for document in resource]
    return Case(
        UNKNOWN,
        identity=policy(*identity),
        boundary=policy(*boundary) if boundary else None,
        scps=(policy(*scp),) if scp else (),
        resource=policy(*named) if named else None,
        context=TAG,
    )


CONDITIONS = {
    True: None,
    False: {"StringEquals": {"aws:PrincipalTag/x": "w"}},
    None: UNDECIDABLE,
}


@given(st.tuples(EFFECTS, EFFECTS, EFFECTS, EFFECTS))
def test_a_decision_is_unknown_only_if_undecided_statements_can_decide_it_either_way(effects):
    undecided = sum(applies is None for layer in effects for _, applies in layer)
    assume(0 < undecided <= 4)
    outcomes = set()
    for truths in product([True, False], repeat=undecided):
        values = iter(truths)
        completed = [
            [(effect, next(values) if truth is None else truth) for effect, truth in layer] for layer in effects
        ]
        outcomes.add(case_of(completed).decision().allowed)
    result = case_of(effects).decision()
    assert (result.decision.value == UNKNOWN) is (outcomes == {True, False})
    assert result.allowed is (outcomes == {True})


def test_the_reason_names_a_deny_that_may_apply_where_nothing_allows():
    result = Case(NO, identity=policy(statement("Deny", Sid="Maybe", Condition=UNDECIDABLE)), context=TAG).decision()
    assert result.reason == (
        f"no statement allows `sqs:SendMessage` on `{QUEUE}`; it is not known whether "
        "statement 1 (Maybe) of the identity-based policy denies it as well"
    )


@pytest.mark.parametrize("limit", ["boundary", "session"])
def test_the_reason_names_the_limit_of_a_role_that_the_resource_based_policy_allows(limit):
    result = Case(NO, SESSION, resource=to(ROLE), **{limit: NONE}).decision()
    assert result.reason.startswith(
        f"no statement of the {'permissions boundary' if limit == 'boundary' else 'session policy'}"
    )


@pytest.mark.parametrize("layered", ["identity", "boundary", "session", "scps", "rcps", "resource"])
def test_a_deny_in_any_layer_wins(layered):
    everything = Case(
        YES, SESSION, identity=ALL, boundary=ALL, session=ALL, scps=(ALL,), rcps=(EVERYONE,), resource=to(SESSION)
    )
    assert everything.decision().decision == YES
    denies = to("*", effect="Deny") if layered in ("rcps", "resource") else DENIES
    setattr(everything, layered, (denies,) if layered in ("scps", "rcps") else denies)
    assert everything.decision().decision == DENY


def test_the_reason_names_the_layer_without_an_allow():
    assert CASES["an SCP level without an Allow denies"].decision().reason == (
        f"no statement of the service control policies of level 2 allows `sqs:SendMessage` on `{QUEUE}`"
    )
    assert (
        "no resource-based policy (none was given)"
        in CASES["across accounts an identity policy is not enough"].decision().reason
    )
    assert CASES["without any policy everything is denied"].decision().reason.startswith("no identity-based policy")


def test_assumptions_are_listed():
    key = Case(YES, None, **KMS, identity=ALL).decision()
    assert key.assumptions == ("no key policy was given; it is assumed to let the account's policies decide",)
    bucket = Case(YES, action="s3:GetObject", on=OBJECT, identity=ALL).decision()
    assert bucket.assumptions == (f"the resource is assumed to be in the principal's account, {HOME}",)
    arns = policy(statement(Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/worker"}}))
    session = Case(YES, SESSION, identity=arns).decision()
    assert session.assumptions == (
        f"aws:PrincipalArn is assumed to be arn:aws:iam::{HOME}:role/worker, a role without a path",
    )


def test_short_arns_match_as_their_kind_of_policy_defines():
    short = "arn:aws:sqs:*:111122223333"
    assert Case(YES, identity=policy(statement(Resource=short))).decision().decision == YES
    assert Case(NO, identity=ALL, scps=(policy(statement(Resource=short)),)).decision().decision == NO
    assert Case(NO, identity=ALL, scps=(policy(statement(Resource="arn:aws:sqs*")),)).decision().decision == YES
    assert Case(YES, identity=ALL, scps=(policy(statement(Resource="arn:aws:sqs:*")),)).decision().decision == YES
    assert Case(YES, resource=to(USER, Resource=short)).decision().decision == YES
    assert Case(NO, resource=to(USER, Resource="arn:aws:sqs:eu-west-1:111122223333")).decision().decision == NO


@pytest.mark.parametrize(
    ("kind", "layer_policy", "problem"),
    [
        (PolicyKind.IDENTITY, EVERYONE, "has a Principal, but an identity-based policy cannot have one"),
        (PolicyKind.SCP, EVERYONE, "has a Principal, but a service control policy cannot have one"),
        (PolicyKind.RESOURCE, ALL, "has no Principal, but a resource-based policy requires one"),
    ],
)
def test_a_policy_of_the_wrong_kind_is_an_error(kind, layer_policy, problem):
    with pytest.raises(IamglueError, match=f"statement 1 of it {problem}"):
        build_layer(kind, [layer_policy], ["it"])


@pytest.mark.parametrize(
    "principal", ["bob", "arn:aws:iam::1:user/x", f"arn:aws:iam::{HOME}:group/x", f"arn:aws:s3:::{HOME}"]
)
def test_an_invalid_principal_is_an_error(principal):
    with pytest.raises(IamglueError, match="not a valid principal of a request"):
        Case(NO, principal).decision()


def test_an_account_that_contradicts_the_arn_is_an_error():
    with pytest.raises(IamglueError, match=f"has the account {HOME}, but the given account is {AWAY}"):
        Case(NO, account=AWAY).decision()
