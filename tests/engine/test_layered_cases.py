"""Layered requests whose decision follows from a page of AWS: one group for each page, which its comment names."""

from __future__ import annotations

import pytest
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

ORG = "o-exampleorg"
MANAGEMENT = "999988887777"
MANAGER = f"arn:aws:iam::{MANAGEMENT}:role/admin"
BUCKET = "arn:aws:s3:::bucket"
READ = {"action": "s3:GetObject", "on": OBJECT, "account": HOME}
THEIR_READ = {"action": "s3:GetObject", "on": OBJECT, "account": AWAY}
DECRYPT = {"action": "kms:Decrypt", "on": KEY}
ASSUME = {"action": "sts:AssumeRole", "on": TARGET}
LINKED_ROLE = f"arn:aws:iam::{HOME}:role/aws-service-role/sns.amazonaws.com/AWSServiceRoleForSNS"
RESERVED_LINKED = f"arn:aws:iam::{HOME}:role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport"
OTHER_USER = f"arn:aws:iam::{HOME}:user/alice"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
SAML = f"arn:aws:iam::{HOME}:saml-provider/corp"
DENY_ALL = to("*", effect="Deny")


def only(*actions, effect="Allow", **elements):
    """An identity policy for these actions."""
    return policy(statement(effect, Action=list(actions), **elements))


def allows_if(operator, key, value, **elements):
    """An identity policy under a condition."""
    return policy(statement(Condition={operator: {key: value}}, **elements))


def denies_unless(operator, key, value, **elements):
    """A policy of a resource or an RCP that denies everyone under a condition."""
    return policy(statement("Deny", Principal="*", Condition={operator: {key: value}}, **elements))


def trust(*who, kind="AWS", **elements):
    return to(*who, kind=kind, Action="sts:*", Resource=None, **elements)


def not_principal(*who, kind="AWS"):
    """A resource-based policy that allows everyone and denies all others than these."""
    return policy(
        statement(Principal="*"),
        {"Effect": "Deny", "NotPrincipal": {kind: list(who)}, "Action": "*", "Resource": "*"},
    )


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
CARLOS = policy(
    statement(Action=["s3:ListAllMyBuckets", "s3:GetBucketLocation"], Resource="arn:aws:s3:::*"),
    statement(Action="s3:*", Resource=["arn:aws:s3:::carlos", "arn:aws:s3:::carlos/*"]),
    statement("Deny", Action="s3:*", Resource="arn:aws:s3:::*log*"),
)
SINGLE_ACCOUNT = {
    "an action that a statement lists is allowed": Case(
        YES, action="s3:PutObject", on="arn:aws:s3:::carlos/a", account=HOME, identity=CARLOS
    ),
    "a Deny of the user wins over the bucket policy": Case(
        DENY,
        action="s3:PutObject",
        on="arn:aws:s3:::carlos-logs/a",
        account=HOME,
        identity=CARLOS,
        resource=to(USER),
    ),
    "a request that nothing mentions is implicitly denied": Case(
        NO, action="s3:PutObject", on="arn:aws:s3:::other/a", account=HOME, identity=CARLOS
    ),
    "the bucket policy alone may allow the user": Case(
        YES, action="s3:PutObject", on="arn:aws:s3:::other/a", account=HOME, identity=CARLOS, resource=to(USER)
    ),
    "a bucket policy for another user does not help": Case(NO, **READ, identity=NONE, resource=to(OTHER_USER)),
    "a bucket policy for another role does not help": Case(NO, SESSION, **READ, resource=to(ROLE + "2")),
    "two identity policies are one set: an Allow in one is enough": Case(YES, identity=ALL, resource=None),
    "a Deny in the resource policy that names another principal does not apply": Case(
        YES, identity=ALL, resource=to(OTHER_USER, effect="Deny")
    ),
    "a Deny in the resource policy for the account applies to its users": Case(
        DENY, identity=ALL, resource=to(ROOT, effect="Deny")
    ),
    "a Deny for the role applies to its sessions": Case(DENY, SESSION, identity=ALL, resource=to(ROLE, effect="Deny")),
    "a Deny for a session applies to that session alone": Case(
        YES, SESSION, identity=ALL, resource=to(SESSION + "2", effect="Deny")
    ),
    "a Deny for everyone applies to the root user": Case(DENY, ROOT, resource=DENY_ALL),
    "a Deny of another action does not apply": Case(
        YES, identity=policy(statement(), statement("Deny", Action="sqs:DeleteMessage"))
    ),
    "NotAction with Allow allows the others": Case(YES, identity=policy(statement(Action=None, NotAction="s3:*"))),
    "NotAction with Deny denies the others": Case(
        DENY, identity=policy(statement(), statement("Deny", Action=None, NotAction="s3:*"))
    ),
    "NotResource with Deny spares what it lists": Case(
        YES, identity=policy(statement(), statement("Deny", Resource=None, NotResource=QUEUE))
    ),
}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
# (the table of resource-based policies and implicit denies in other policy types)
PRINCIPAL_TYPES = {
    f"{name}: {limits or 'no limit'}": Case(expected, who, resource=to(named), **dict.fromkeys(limits, NONE))
    for name, who, named, overridden in (
        ("a user named by ARN", USER, USER, {"identity", "boundary"}),
        ("a role session by its role", SESSION, ROLE, {"identity"}),
        ("a role session by its ARN", SESSION, SESSION, {"identity", "boundary", "session"}),
        ("a federated user by its ARN", FEDERATED, FEDERATED, {"identity", "boundary", "session"}),
        ("a role named by ARN", ROLE, ROLE, {"identity"}),
    )
    for limits in (
        (),
        ("identity",),
        ("boundary",),
        ("session",),
        ("identity", "boundary"),
        ("identity", "session"),
        ("identity", "boundary", "session"),
    )
    for expected in (YES if set(limits) <= overridden else NO,)
}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
SHIRLEY = only("s3:*", "cloudwatch:*", "ec2:*")
BOUNDARIES = {
    "an action outside the boundary is denied": Case(
        NO, action="iam:CreateUser", on=OTHER_USER, identity=only("iam:CreateUser"), boundary=SHIRLEY
    ),
    "an action of the boundary that no policy grants is denied": Case(
        NO, **READ, identity=only("iam:CreateUser"), boundary=SHIRLEY
    ),
    "an action of both is allowed": Case(YES, **READ, identity=only("s3:Get*"), boundary=SHIRLEY),
    "boundary and SCP and policy must all allow": Case(
        NO, **READ, identity=ALL, boundary=SHIRLEY, scps=(only("ec2:*"),)
    ),
    "boundary and SCP and policy that all allow": Case(
        YES, **READ, identity=ALL, boundary=SHIRLEY, scps=(only("s3:*"),)
    ),
    "a session of a role with a boundary needs session policy, boundary and role": Case(
        NO, SESSION, **READ, identity=ALL, boundary=SHIRLEY, session=only("ec2:*")
    ),
    "a Deny of the boundary wins over identity policies": Case(
        DENY, **READ, identity=ALL, boundary=policy(statement(), statement("Deny", Action="s3:*"))
    ),
    "the boundary of a user does not limit a grant to the user by ARN": Case(
        YES, **READ, boundary=only("ec2:*"), resource=to(USER)
    ),
    "the boundary of a role limits a grant to the role by ARN": Case(
        NO, SESSION, **READ, boundary=only("ec2:*"), resource=to(ROLE)
    ),
    "Deny with NotPrincipal denies a listed role with a boundary": Case(
        DENY, SESSION, **READ, identity=ALL, boundary=ALL, resource=not_principal(SESSION, ROLE, ROOT)
    ),
    "a boundary does not limit the root user": Case(YES, ROOT, **READ, boundary=NONE),
}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
SESSIONS = {
    "the session policy takes actions from the role": Case(NO, SESSION, identity=ALL, session=only("s3:*")),
    "the session policy adds none to the role": Case(NO, SESSION, identity=only("s3:*"), session=ALL),
    "both together allow": Case(YES, SESSION, identity=only("sqs:*"), session=only("sqs:Send*")),
    "a bucket policy for the user adds nothing to the user's federated session beyond its policy": Case(
        NO, FEDERATED, **READ, session=only("ec2:*"), resource=to(USER)
    ),
    "a bucket policy for the federated user adds to its session policy": Case(
        YES, FEDERATED, **READ, session=only("ec2:*"), resource=to(FEDERATED)
    ),
    "a bucket policy for another federated user does not": Case(
        NO, FEDERATED, **READ, session=only("ec2:*"), resource=to(FEDERATED + "2")
    ),
    "a grant to the account needs the session policy too": Case(
        NO, SESSION, identity=ALL, session=only("s3:*"), resource=to(ROOT)
    ),
    "a federated session is limited by the user's policies": Case(NO, FEDERATED, identity=only("s3:*"), session=ALL),
}

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
SCPS = {
    "FullAWSAccess on every level allows": Case(YES, identity=ALL, scps=(ALL, ALL, ALL)),
    "without an Allow at the root nothing is allowed": Case(NO, identity=ALL, scps=(NONE, ALL, ALL)),
    "without an Allow at the unit nothing is allowed": Case(NO, identity=ALL, scps=(ALL, NONE, ALL)),
    "without an Allow at the account nothing is allowed": Case(NO, identity=ALL, scps=(ALL, ALL, NONE)),
    "an allow list lets its services through": Case(YES, identity=ALL, scps=(ALL, only("sqs:*", "s3:*"))),
    "an allow list stops the others": Case(NO, identity=ALL, scps=(ALL, only("s3:*"))),
    "a Deny at the root wins over an Allow at the account": Case(DENY, identity=ALL, scps=(DENIES, ALL)),
    "SCPs bind the root user of a member account": Case(DENY, ROOT, scps=(DENIES,)),
    "an SCP without an Allow binds the root user too": Case(NO, ROOT, scps=(NONE,)),
    "SCPs bind grants to a session by its ARN": Case(NO, SESSION, resource=to(SESSION), scps=(NONE,)),
    "SCPs bind grants to everyone": Case(NO, SESSION, resource=EVERYONE, scps=(NONE,)),
    "SCPs bind federated users": Case(NO, FEDERATED, identity=ALL, session=ALL, scps=(NONE,)),
    "SCPs do not bind a service-linked role": Case(YES, LINKED, identity=ALL, scps=(DENIES,)),
    "SCPs bind a role that only its name makes look like a service-linked role": Case(
        DENY, f"arn:aws:iam::{HOME}:role/AWSServiceRoleForSupport", identity=ALL, scps=(DENIES,)
    ),
    "SCPs do not bind a service-linked role given by its ARN": Case(YES, LINKED_ROLE, identity=ALL, scps=(DENIES,)),
    "SCPs do not bind AWS services": Case(YES, SERVICE, resource=to(SERVICE, kind="Service"), scps=(DENIES,)),
    "SCPs do not bind the management account": Case(
        YES, MANAGER, on=f"arn:aws:sqs:eu-west-1:{MANAGEMENT}:q", identity=ALL, scps=(DENIES,), management=MANAGEMENT
    ),
    "SCPs do not bind the root user of the management account": Case(
        YES,
        f"arn:aws:iam::{MANAGEMENT}:root",
        on=f"arn:aws:sqs:eu-west-1:{MANAGEMENT}:q",
        scps=(DENIES,),
        management=MANAGEMENT,
    ),
    "SCPs bind members of an organization whose management account is known": Case(
        DENY, identity=ALL, scps=(DENIES,), management=MANAGEMENT
    ),
    "SCPs do not bind tasks on Amazon Mechanical Turk": Case(
        YES, action="mechanicalturk:CreateHIT", on="*", identity=ALL, scps=(NONE,)
    ),
    "an SCP under a condition on the Region denies": Case(
        DENY,
        identity=ALL,
        scps=(policy(statement(), statement("Deny", Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-1"}})),),
        context={"aws:RequestedRegion": ("us-1",)},
    ),
    "an SCP that spares a role by aws:PrincipalArn spares it": Case(
        YES,
        ROLE,
        identity=ALL,
        scps=(policy(statement(), statement("Deny", Condition={"ArnNotLike": {"aws:PrincipalArn": ROLE}})),),
    ),
    "an SCP cannot deny sts:GetCallerIdentity": Case(
        YES, action="sts:GetCallerIdentity", on="*", scps=(policy(statement("Deny")),)
    ),
}

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
# https://docs.aws.amazon.com/kms/latest/developerguide/resource-control-policies.html
PERIMETER = denies_unless("StringNotEqualsIfExists", "aws:PrincipalOrgID", ORG)
RCPS = {
    "an RCP denies a principal of another organization": Case(
        DENY,
        **THEIR_READ,
        identity=ALL,
        resource=to(USER),
        rcps=(EVERYONE, PERIMETER),
        context={"aws:PrincipalOrgID": ("o-other",)},
    ),
    "an RCP lets principals of its organization pass": Case(
        YES,
        **THEIR_READ,
        identity=ALL,
        resource=to(USER),
        rcps=(EVERYONE, PERIMETER),
        context={"aws:PrincipalOrgID": (ORG,)},
    ),
    "an RCP denies anonymous requests": Case(DENY, "*", **READ, resource=EVERYONE, rcps=(PERIMETER,)),
    "an RCP on any level denies": Case(DENY, **READ, identity=ALL, rcps=(EVERYONE, EVERYONE, DENY_ALL)),
    "an RCP denies the root user": Case(DENY, ROOT, **READ, rcps=(DENY_ALL,)),
    "an RCP denies AWS services": Case(DENY, SERVICE, **READ, resource=to(SERVICE, kind="Service"), rcps=(DENY_ALL,)),
    "an RCP that spares AWS services spares them": Case(
        YES,
        SERVICE,
        **READ,
        resource=to(SERVICE, kind="Service"),
        rcps=(denies_unless("BoolIfExists", "aws:PrincipalIsAWSService", "false"),),
    ),
    "an RCP denies an identity provider's sign-in": Case(
        DENY,
        SAML,
        action="sts:AssumeRoleWithSAML",
        on=TARGET,
        resource=trust(SAML, kind="Federated"),
        rcps=(DENY_ALL,),
    ),
    "an RCP grants nothing": Case(NO, **READ, rcps=(EVERYONE,)),
    "RCPs do not bind service-linked roles": Case(YES, LINKED, **READ, identity=ALL, rcps=(DENY_ALL,)),
    "RCPs do not bind the trust policy of a service-linked role": Case(
        YES,
        SERVICE,
        action="sts:AssumeRole",
        on=LINKED_ROLE,
        resource=trust(SERVICE, kind="Service"),
        rcps=(DENY_ALL,),
    ),
    "RCPs bind an object whose key looks like the alias of an AWS managed key": Case(
        DENY, action="s3:GetObject", on="arn:aws:s3:::alias/aws/k", account=HOME, identity=ALL, rcps=(DENY_ALL,)
    ),
    "RCPs bind the trust policy of another role": Case(
        DENY, SERVICE, **ASSUME, resource=trust(SERVICE, kind="Service"), rcps=(DENY_ALL,)
    ),
    "RCPs do not bind resources of the management account": Case(
        YES,
        MANAGER,
        action="s3:GetObject",
        on=OBJECT,
        account=MANAGEMENT,
        identity=ALL,
        rcps=(DENY_ALL,),
        management=MANAGEMENT,
    ),
    "RCPs bind a principal of the management account at a member's resource": Case(
        DENY, MANAGER, **READ, identity=ALL, resource=to(MANAGER), rcps=(DENY_ALL,), management=MANAGEMENT
    ),
    "RCPs do not bind kms:RetireGrant": Case(
        YES, action="kms:RetireGrant", on=KEY, resource=to(USER), rcps=(DENY_ALL,)
    ),
    "RCPs bind other KMS actions": Case(DENY, **DECRYPT, identity=ALL, resource=to(ROOT), rcps=(DENY_ALL,)),
    "RCPs do not bind AWS managed keys": Case(
        YES,
        **DECRYPT,
        identity=ALL,
        resource=to(ROOT),
        rcps=(DENY_ALL,),
        context={"kms:ResourceAliases": ("alias/aws/s3",)},
    ),
    "RCPs do not bind services outside their list": Case(
        YES, action="ec2:RunInstances", on=f"arn:aws:ec2:eu-west-1:{HOME}:instance/*", identity=ALL, rcps=(DENY_ALL,)
    ),
}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
CROSS_ACCOUNT = {
    "the trusted account must allow": Case(NO, SESSION, **THEIR_READ, identity=NONE, resource=to(ROLE)),
    "the trusting account must allow": Case(NO, SESSION, **THEIR_READ, identity=ALL, resource=to(OTHER_USER)),
    "both accounts allow": Case(YES, SESSION, **THEIR_READ, identity=ALL, resource=to(ROLE)),
    "the session's ARN is enough in the trusting account": Case(
        YES, SESSION, **THEIR_READ, identity=ALL, resource=to(SESSION)
    ),
    "the session's ARN does not replace the trusted account's Allow": Case(
        NO, SESSION, **THEIR_READ, resource=to(SESSION)
    ),
    "a user named by ARN needs the boundary across accounts": Case(
        NO, **THEIR_READ, identity=ALL, boundary=NONE, resource=to(USER)
    ),
    "the trusted account's Deny wins": Case(DENY, SESSION, **THEIR_READ, identity=DENIES, resource=to(ROLE)),
    "the trusted account's SCP Deny wins": Case(
        DENY, SESSION, **THEIR_READ, identity=ALL, resource=to(ROLE), scps=(DENIES,)
    ),
    "a Deny of the bucket for the log folder wins": Case(
        DENY,
        SESSION,
        **THEIR_READ,
        identity=ALL,
        resource=policy(
            statement(Principal={"AWS": HOME}),
            statement("Deny", Principal={"AWS": HOME}, Resource=OBJECT),
        ),
    ),
    "everyone is enough in the trusting account, the trusted one must still allow": Case(
        NO, SESSION, **THEIR_READ, resource=EVERYONE
    ),
    "a federated user across accounts needs both": Case(
        YES, FEDERATED, **THEIR_READ, identity=ALL, session=ALL, resource=to(FEDERATED)
    ),
    "a federated user across accounts without a session policy has nothing": Case(
        NO, FEDERATED, **THEIR_READ, identity=ALL, resource=to(FEDERATED)
    ),
    "the root user of another account needs the resource's Allow": Case(NO, ROOT, **THEIR_READ),
    "the root user of another account is stopped by its SCP": Case(
        NO, ROOT, **THEIR_READ, resource=to(HOME), scps=(NONE,)
    ),
    "an action without a resource is decided in the caller's account": Case(
        YES, action="s3:ListAllMyBuckets", on="*", identity=ALL
    ),
    "an organization's members by aws:PrincipalOrgID": Case(
        YES,
        **THEIR_READ,
        identity=ALL,
        resource=policy(statement(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": ORG}})),
        context={"aws:PrincipalOrgID": (ORG,)},
    ),
}

# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
KMS = {
    "the default key policy lets IAM policies decide": Case(YES, **DECRYPT, identity=ALL, resource=to(ROOT)),
    "the default key policy alone allows no user": Case(NO, **DECRYPT, identity=NONE, resource=to(ROOT)),
    "a key policy that names the role is enough": Case(YES, SESSION, **DECRYPT, resource=to(ROLE)),
    "a boundary limits a role that the key policy names": Case(
        NO, SESSION, **DECRYPT, boundary=NONE, resource=to(ROLE)
    ),
    "an IAM policy cannot override a key policy that leaves out the account": Case(
        NO, SESSION, **DECRYPT, identity=ALL, resource=to(OTHER_USER)
    ),
    "a Deny of the key policy wins": Case(
        DENY,
        **DECRYPT,
        identity=ALL,
        resource=policy(statement(Principal={"AWS": ROOT}), statement("Deny", Principal={"AWS": USER})),
    ),
    "the root user needs the key policy": Case(NO, ROOT, **DECRYPT, resource=to(USER)),
    "a key of another account needs its key policy": Case(
        NO, action="kms:Decrypt", on=THEIR_KEY, identity=ALL, resource=to(AWAY)
    ),
    "a key of another account that names the role needs the IAM policy": Case(
        NO, SESSION, action="kms:Decrypt", on=THEIR_KEY, resource=to(ROLE)
    ),
    "a key of another account that names the role, with the IAM policy": Case(
        YES, SESSION, action="kms:Decrypt", on=THEIR_KEY, identity=ALL, resource=to(ROLE)
    ),
    "a service uses a key that its policy grants": Case(YES, SERVICE, **DECRYPT, resource=to(SERVICE, kind="Service")),
    "a key policy for everyone of an account by kms:CallerAccount": Case(
        YES, **DECRYPT, resource=to("*", Condition={"StringEquals": {"kms:CallerAccount": HOME}})
    ),
    "a key policy for everyone of another account by kms:CallerAccount": Case(
        NO, **DECRYPT, identity=ALL, resource=to("*", Condition={"StringEquals": {"kms:CallerAccount": AWAY}})
    ),
    "creating a key needs the IAM policy alone": Case(YES, action="kms:CreateKey", on="*", identity=ALL),
    "a condition on the calling service limits the key policy": Case(
        NO,
        **DECRYPT,
        identity=ALL,
        resource=to(ROOT, Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
    ),
    "a condition on the calling service that the request satisfies": Case(
        YES,
        **DECRYPT,
        identity=ALL,
        resource=to(ROOT, Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
        context={"kms:ViaService": ("s3.eu-west-1.amazonaws.com",)},
    ),
}

# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
ROLES = {
    "a trust policy for the account needs the user's policy": Case(NO, **ASSUME, resource=trust(ROOT)),
    "a trust policy for the account and the user's policy": Case(YES, **ASSUME, identity=ALL, resource=trust(ROOT)),
    "a trust policy that names the role's own ARN lets its sessions in": Case(
        YES, SESSION, **ASSUME, resource=trust(ROLE)
    ),
    "the user's policy alone is not enough": Case(NO, **ASSUME, identity=ALL, resource=trust(OTHER_USER)),
    "a user's boundary must allow to assume the role": Case(NO, **ASSUME, boundary=NONE, resource=trust(USER)),
    "a user's boundary that allows to assume the role": Case(YES, **ASSUME, boundary=ALL, resource=trust(USER)),
    "a role of another account needs the caller's policy": Case(
        NO, action="sts:AssumeRole", on=THEIR_ROLE, resource=trust(USER)
    ),
    "a role of another account with both": Case(
        YES, action="sts:AssumeRole", on=THEIR_ROLE, identity=ALL, resource=trust(HOME)
    ),
    "an external ID that the caller lacks": Case(
        NO,
        action="sts:AssumeRole",
        on=THEIR_ROLE,
        identity=ALL,
        resource=trust(HOME, Condition={"StringEquals": {"sts:ExternalId": "42"}}),
    ),
    "an external ID that the caller gives": Case(
        YES,
        action="sts:AssumeRole",
        on=THEIR_ROLE,
        identity=ALL,
        resource=trust(HOME, Condition={"StringEquals": {"sts:ExternalId": "42"}}),
        context={"sts:ExternalId": ("42",)},
    ),
    "a service needs no identity policy": Case(YES, SERVICE, **ASSUME, resource=trust(SERVICE, kind="Service")),
    "another service is not trusted": Case(NO, "ec2.amazonaws.com", **ASSUME, resource=trust(SERVICE, kind="Service")),
    "a SAML provider is trusted by its ARN": Case(
        YES, SAML, action="sts:AssumeRoleWithSAML", on=TARGET, resource=trust(SAML, kind="Federated")
    ),
    "another SAML provider is not trusted": Case(
        NO, SAML + "2", action="sts:AssumeRoleWithSAML", on=TARGET, resource=trust(SAML, kind="Federated")
    ),
    "a web identity is trusted by its provider": Case(
        YES,
        "accounts.google.com",
        action="sts:AssumeRoleWithWebIdentity",
        on=TARGET,
        resource=trust("accounts.google.com", kind="Federated"),
    ),
    "the audience of a web identity is checked": Case(
        NO,
        "accounts.google.com",
        action="sts:AssumeRoleWithWebIdentity",
        on=TARGET,
        resource=trust(
            "accounts.google.com",
            kind="Federated",
            Condition={"StringEquals": {"accounts.google.com:aud": "mine"}},
        ),
        context={"accounts.google.com:aud": ("another",)},
    ),
    "the root user cannot assume a role": Case(NO, ROOT, **ASSUME, resource=trust(ROOT)),
    "SCPs stop a user that a trust policy names": Case(NO, **ASSUME, resource=trust(USER), scps=(NONE,)),
    "a role session cannot call GetFederationToken": Case(
        NO, SESSION, action="sts:GetFederationToken", on=FEDERATED, identity=ALL
    ),
    "a role session cannot call GetSessionToken": Case(NO, SESSION, action="sts:GetSessionToken", on="*", identity=ALL),
    "a user needs no permission for GetSessionToken": Case(YES, action="sts:GetSessionToken", on="*"),
    "a federated user cannot assume a role": Case(
        NO, FEDERATED, **ASSUME, identity=ALL, session=ALL, resource=trust(FEDERATED)
    ),
    "a federated user may call GetCallerIdentity": Case(YES, FEDERATED, action="sts:GetCallerIdentity", on="*"),
    "creating a role is decided by identity policies, not by a trust policy": Case(
        YES, action="iam:CreateRole", on=TARGET, identity=ALL
    ),
}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
# https://aws.amazon.com/blogs/security/how-to-restrict-amazon-s3-bucket-access-to-a-specific-iam-role/ (role sessions)
NOT_PRINCIPAL = {
    "a listed user and its account are exempt": Case(YES, **READ, resource=not_principal(USER, ROOT)),
    "the account may be listed by its ID": Case(YES, **READ, resource=not_principal(USER, HOME)),
    "another user of the listed account is denied": Case(DENY, OTHER_USER, **READ, resource=not_principal(USER, ROOT)),
    "the account alone exempts no user": Case(DENY, **READ, resource=not_principal(ROOT)),
    "the account exempts its root user": Case(YES, ROOT, **READ, resource=not_principal(ROOT)),
    "a user without its account might be denied": Case(UNKNOWN, **READ, resource=not_principal(USER)),
    "a listed session, its role and its account are exempt": Case(
        YES, SESSION, **READ, resource=not_principal(SESSION, ROLE, ROOT)
    ),
    "another session of the role is denied": Case(
        DENY, SESSION + "2", **READ, resource=not_principal(SESSION, ROLE, ROOT)
    ),
    "a session without its role might be denied": Case(UNKNOWN, SESSION, **READ, resource=not_principal(SESSION, ROOT)),
    "role and account exempt no session that is not listed": Case(
        DENY, SESSION, **READ, resource=not_principal(ROLE, ROOT)
    ),
    "a principal of another account is denied": Case(
        DENY, f"arn:aws:iam::{AWAY}:user/eve", **READ, identity=ALL, resource=not_principal(USER, ROOT)
    ),
    "an anonymous caller is denied": Case(DENY, "*", **READ, resource=not_principal(USER, ROOT)),
    "a listed service is exempt": Case(YES, SERVICE, **READ, resource=not_principal(SERVICE, kind="Service")),
    "another service is denied": Case(
        DENY, "ec2.amazonaws.com", **READ, resource=not_principal(SERVICE, kind="Service")
    ),
    "a listed user of another account and that account are exempt across accounts": Case(
        YES, **THEIR_READ, identity=ALL, resource=not_principal(USER, ROOT)
    ),
    "aws:PrincipalArn exempts a role with all its sessions": Case(
        YES,
        ROLE,
        **READ,
        resource=policy(
            statement(Principal="*"),
            statement("Deny", Principal="*", Condition={"ArnNotEquals": {"aws:PrincipalArn": ROLE}}),
        ),
    ),
}

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
BLOCKED = {"block_public_access": True}
STRANGER = f"arn:aws:iam::{AWAY}:user/eve"
PUBLIC = policy(statement(Principal="*", Action="s3:*"))
MIXED = policy(
    statement(Principal={"Service": "cloudtrail.amazonaws.com"}, Action="s3:PutObject"),
    statement(Principal={"AWS": AWAY}, Action="s3:*"),
    statement(Principal="*", Action="s3:*"),
)


def under(operator, key, value, effect="Allow"):
    """A bucket policy for everyone under a condition."""
    return policy(statement(effect, Principal="*", Action="s3:*", Condition={operator: {key: value}}))


def stranger_reads(expected, bucket_policy, **context):
    return Case(
        expected,
        STRANGER,
        **READ,
        identity=ALL,
        resource=bucket_policy,
        context={key.replace("__", ":"): (value,) for key, value in context.items()},
        block_public_access=True,
    )


BLOCK_PUBLIC_ACCESS = {
    "anonymous access is blocked": Case(DENY, "*", **READ, resource=PUBLIC, **BLOCKED),
    "without the setting anonymous access is allowed": Case(YES, "*", **READ, resource=PUBLIC),
    "users of the owner's account keep their access": Case(YES, **READ, resource=PUBLIC, **BLOCKED),
    "roles of the owner's account keep their access": Case(YES, SESSION, **READ, resource=PUBLIC, **BLOCKED),
    "the root user of the owner's account keeps its access": Case(YES, ROOT, **READ, resource=PUBLIC, **BLOCKED),
    "the page's mixed policy leaves CloudTrail its access": Case(
        YES, "cloudtrail.amazonaws.com", action="s3:PutObject", on=OBJECT, account=HOME, resource=MIXED, **BLOCKED
    ),
    "the page's mixed policy blocks the account that it names": stranger_reads(DENY, MIXED),
    "a policy for a fixed account is not public": stranger_reads(YES, to(AWAY, Action="s3:*")),
    "a fixed aws:SourceVpc is not public": stranger_reads(
        YES, under("StringEquals", "aws:SourceVpc", "vpc-91237329"), aws__SourceVpc="vpc-91237329"
    ),
    "a wildcard in aws:SourceVpc is public": stranger_reads(
        DENY, under("StringLike", "aws:SourceVpc", "vpc-*"), aws__SourceVpc="vpc-91237329"
    ),
    "a web identity provider is public": stranger_reads(
        DENY,
        policy(
            statement(Principal={"Federated": "graph.facebook.com"}, Action="s3:*"),
            statement(Principal={"AWS": AWAY}, Action="s3:*"),
        ),
    ),
    "an organization is not public": stranger_reads(
        YES, under("StringEquals", "aws:PrincipalOrgID", ORG), aws__PrincipalOrgID=ORG
    ),
    "a narrow range of addresses is not public": stranger_reads(
        YES, under("IpAddress", "aws:SourceIp", "192.0.2.0/24"), aws__SourceIp="192.0.2.1"
    ),
    "a range of addresses broader than /8 is public": stranger_reads(
        DENY, under("IpAddress", "aws:SourceIp", "0.0.0.0/1"), aws__SourceIp="1.2.3.4"
    ),
    "an IPv6 range broader than /32 is public": stranger_reads(
        DENY, under("IpAddress", "aws:SourceIp", "2001::/16"), aws__SourceIp="2001:db8::1"
    ),
    "all access points of a fixed account are not public": stranger_reads(
        YES,
        under("ArnLike", "s3:DataAccessPointArn", f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/*"),
        s3__DataAccessPointArn=f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/a",
    ),
    "an ARN with wildcards of a fixed account is not public": stranger_reads(
        YES,
        under("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{AWAY}:user/*"),
    ),
    "an ARN of any account is public": stranger_reads(
        DENY,
        under("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:user/eve"),
    ),
    "a wildcard of StringLike before the account is public": stranger_reads(
        DENY, under("StringLike", "aws:PrincipalArn", f"arn:*:iam::{AWAY}:user/eve")
    ),
    "the sessions of a role by aws:userid are undecided": stranger_reads(
        UNKNOWN, under("StringLike", "aws:userid", "AROAEXAMPLE:*"), aws__userid="AROAEXAMPLE:one"
    ),
    "a policy variable is no fixed value": stranger_reads(
        DENY,
        under("StringEquals", "aws:SourceVpce", "${aws:PrincipalTag/vpce}"),
        aws__SourceVpce="vpce-1",
        **{"aws__PrincipalTag/vpce": "vpce-1"},
    ),
    "a condition with IfExists does not limit": stranger_reads(
        DENY, under("StringEqualsIfExists", "aws:SourceVpce", "vpce-1"), aws__SourceVpce="vpce-1"
    ),
    "a negated condition does not limit": stranger_reads(DENY, under("StringNotEquals", "aws:SourceVpce", "vpce-1")),
    "a condition on another key does not limit": stranger_reads(
        DENY, under("StringLike", "aws:UserAgent", "mine"), aws__UserAgent="mine"
    ),
    "a request with a public canned ACL is rejected": Case(
        DENY,
        action="s3:PutObject",
        on=OBJECT,
        account=HOME,
        identity=ALL,
        context={"s3:x-amz-acl": ("public-read",)},
        **BLOCKED,
    ),
    "a request with a private canned ACL is not": Case(
        YES,
        action="s3:PutObject",
        on=OBJECT,
        account=HOME,
        identity=ALL,
        context={"s3:x-amz-acl": ("private",)},
        **BLOCKED,
    ),
    "a grant to the group of all users is rejected": Case(
        DENY,
        action="s3:PutObject",
        on=OBJECT,
        account=HOME,
        identity=ALL,
        context={"s3:x-amz-grant-read": ('uri="http://acs.amazonaws.com/groups/global/AllUsers"',)},
        **BLOCKED,
    ),
    "other services are not blocked": Case(YES, "*", resource=EVERYONE, **BLOCKED),
    "a Deny that may keep the policy from being public is undecided": stranger_reads(
        UNKNOWN,
        policy(
            statement(Principal="*", Action="s3:*"),
            statement("Deny", Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}),
        ),
        aws__SourceVpce="vpce-1",
    ),
    "a Deny without TLS does not keep a policy from being public": stranger_reads(
        DENY,
        policy(
            statement(Principal="*", Action="s3:*"),
            statement("Deny", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        ),
        aws__SecureTransport="true",
    ),
    "a principal that the request does not name is undecided": Case(UNKNOWN, None, **READ, resource=PUBLIC, **BLOCKED),
    "an undecided Deny does not matter where the request is blocked": stranger_reads(
        DENY,
        policy(statement(Principal="*", Action="s3:*"), statement("Deny", Principal="*", Condition=UNDECIDABLE)),
        **{"aws:PrincipalTag/x": "v"},
    ),
}

# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
ENDPOINTS = {
    "the default endpoint policy changes nothing": Case(YES, identity=ALL, endpoint=EVERYONE),
    "an endpoint policy grants nothing": Case(NO, endpoint=EVERYONE),
    "an endpoint policy must allow": Case(NO, identity=ALL, endpoint=to("*", Action="s3:*")),
    "an endpoint policy must allow what a resource-based policy grants": Case(
        NO, SESSION, resource=to(SESSION), endpoint=to("*", Action="s3:*")
    ),
    "a Deny of an endpoint policy wins": Case(
        DENY, identity=ALL, endpoint=policy(statement(Principal="*"), statement("Deny", Principal="*", Action="sqs:*"))
    ),
    "an endpoint policy does not override a resource-based Deny": Case(
        DENY, identity=ALL, resource=DENY_ALL, endpoint=EVERYONE
    ),
    "an endpoint policy that names the user lets the user through": Case(YES, identity=ALL, endpoint=to(USER)),
    "an endpoint policy that names another user does not": Case(NO, identity=ALL, endpoint=to(OTHER_USER)),
    "an endpoint policy that names the role lets its sessions through": Case(
        YES, SESSION, identity=ALL, endpoint=to(ROLE)
    ),
    "an interface endpoint's policy may name the account": Case(YES, identity=ALL, endpoint=to(ROOT)),
    "an account in the policy of an S3 endpoint may be the root user alone": Case(
        UNKNOWN, **READ, identity=ALL, endpoint=to(ROOT)
    ),
    "an account in the policy of an S3 endpoint is the root user at least": Case(YES, ROOT, **READ, endpoint=to(ROOT)),
    "an S3 endpoint's policy may name the user by aws:PrincipalArn": Case(
        YES,
        **READ,
        identity=ALL,
        endpoint=policy(statement(Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": USER}})),
    ),
    "an S3 endpoint's policy for another principal by aws:PrincipalArn": Case(
        NO,
        **READ,
        identity=ALL,
        endpoint=policy(statement(Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": OTHER_USER}})),
    ),
    "an endpoint policy for one bucket stops the others": Case(
        NO,
        action="s3:GetObject",
        on="arn:aws:s3:::other/k",
        account=HOME,
        identity=ALL,
        endpoint=to("*", Resource=BUCKET + "/*"),
    ),
    "an endpoint policy for one bucket lets it through": Case(
        YES, **READ, identity=ALL, endpoint=to("*", Resource=BUCKET + "/*")
    ),
    "across accounts all three must allow": Case(YES, on=THEIRS, identity=ALL, resource=to(USER), endpoint=EVERYONE),
    "across accounts the endpoint policy must allow": Case(
        NO, on=THEIRS, identity=ALL, resource=to(USER), endpoint=to("*", Action="s3:*")
    ),
    "an endpoint policy that keeps to the account's resources stops those of others": Case(
        NO,
        on=THEIRS,
        identity=ALL,
        resource=to(USER),
        endpoint=policy(statement(Principal="*", Condition={"StringEquals": {"aws:ResourceAccount": HOME}})),
    ),
    "the root user needs the endpoint policy's Allow": Case(NO, ROOT, endpoint=to("*", Action="s3:*")),
    "a bucket policy for the endpoint alone denies other paths": Case(
        DENY,
        **READ,
        identity=ALL,
        resource=denies_unless("StringNotEquals", "aws:SourceVpce", "vpce-1"),
    ),
    "a bucket policy for the endpoint alone lets its requests through": Case(
        YES,
        **READ,
        identity=ALL,
        resource=denies_unless("StringNotEquals", "aws:SourceVpce", "vpce-1"),
        endpoint=EVERYONE,
        context={"aws:SourceVpce": ("vpce-1",)},
    ),
    "an AWS service does not use the endpoint": Case(
        YES, SERVICE, resource=to(SERVICE, kind="Service"), endpoint=to("*", Action="s3:*")
    ),
    "whether an endpoint policy controls GetCallerIdentity is not documented": Case(
        UNKNOWN, action="sts:GetCallerIdentity", on="*", endpoint=to("*", Action="s3:*")
    ),
}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html
PRINCIPALS = {
    "everyone includes anonymous callers": Case(YES, "*", **READ, resource=policy(statement(Principal={"AWS": "*"}))),
    "an account does not include anonymous callers": Case(NO, "*", **READ, resource=to(HOME)),
    "an anonymous caller is denied by aws:PrincipalAccount": Case(
        DENY,
        "*",
        **READ,
        resource=policy(
            statement(Principal="*"),
            statement("Deny", Principal="*", Condition={"StringNotEquals": {"aws:PrincipalAccount": HOME}}),
        ),
    ),
    "an anonymous caller has no aws:PrincipalArn": Case(
        NO, "*", **READ, resource=to("*", Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:*"}})
    ),
    "everyone is enough for users of the account": Case(YES, **READ, resource=EVERYONE),
    "everyone is enough for role sessions of the account": Case(YES, SESSION, **READ, resource=EVERYONE),
    "a service principal does not include users": Case(NO, **READ, resource=to(SERVICE, kind="Service")),
    "a service may be limited to a source": Case(
        YES,
        SERVICE,
        resource=to(SERVICE, kind="Service", Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{HOME}:topic"}}),
        context={"aws:SourceArn": (f"arn:aws:sns:eu-west-1:{HOME}:topic",)},
    ),
    "a service with another source is not allowed": Case(
        NO,
        SERVICE,
        resource=to(SERVICE, kind="Service", Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{HOME}:topic"}}),
        context={"aws:SourceArn": (f"arn:aws:sns:eu-west-1:{AWAY}:topic",)},
    ),
    "identity policies play no part for a service": Case(
        YES, SERVICE, identity=DENIES, resource=to(SERVICE, kind="Service")
    ),
    "a canonical user may be any account": Case(
        UNKNOWN, **THEIR_READ, identity=ALL, resource=to(CANONICAL, kind="CanonicalUser")
    ),
    "a canonical user is an account, which only delegates": Case(
        NO, **READ, resource=to(CANONICAL, kind="CanonicalUser")
    ),
    "several principals in one statement are alternatives": Case(YES, **READ, resource=to(OTHER_USER, USER)),
    "aws:PrincipalIsAWSService is true for services": Case(
        YES,
        SERVICE,
        resource=to(SERVICE, kind="Service", Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}}),
    ),
    "aws:PrincipalIsAWSService is false for users": Case(
        NO, **READ, resource=to("*", Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}})
    ),
    "aws:PrincipalIsAWSService is not in anonymous requests": Case(
        NO, "*", **READ, resource=to("*", Condition={"Bool": {"aws:PrincipalIsAWSService": "false"}})
    ),
    "the root user is named by its account": Case(YES, ROOT, **READ, resource=to(HOME)),
    "a role's path does not matter for its sessions": Case(
        YES, SESSION, **READ, resource=to(f"arn:aws:iam::{HOME}:role/another/path/worker")
    ),
}

CASES = {
    f"{group}: {name}": case
    for group, cases in (
        ("single account", SINGLE_ACCOUNT),
        ("principal types", PRINCIPAL_TYPES),
        ("boundaries", BOUNDARIES),
        ("session policies", SESSIONS),
        ("SCPs", SCPS),
        ("RCPs", RCPS),
        ("cross-account", CROSS_ACCOUNT),
        ("KMS", KMS),
        ("roles", ROLES),
        ("NotPrincipal", NOT_PRINCIPAL),
        ("block public access", BLOCK_PUBLIC_ACCESS),
        ("VPC endpoints", ENDPOINTS),
        ("principals", PRINCIPALS),
    )
    for name, case in cases.items()
}


@every_row("case", CASES.values())
def test_the_decision_is_that_of_the_page(case):
    result = case.decision()
    assert result.decision.value == case.expected, result.reason


@pytest.mark.parametrize(
    ("case", "assumption"),
    [
        (NOT_PRINCIPAL["a listed user and its account are exempt"], None),
        (
            Case(YES, ROLE, **READ, resource=not_principal(ROLE, ROOT)),
            "NotPrincipal is assumed to list the role's session as well",
        ),
        (
            Case(YES, SERVICE, resource=to(SERVICE, kind="Service"), endpoint=EVERYONE),
            "the VPC endpoint policy is assumed not to apply to an AWS service",
        ),
        (
            Case(
                DENY, **READ, resource=denies_unless("StringNotEquals", "aws:SourceVpce", "vpce-1"), endpoint=EVERYONE
            ),
            "the request is assumed to have no aws:SourceVpce, although it goes through a VPC endpoint",
        ),
        (
            SCPS["SCPs do not bind a service-linked role"],
            "service control policies are assumed not to apply to a role with the name of a service-linked role",
        ),
        (
            Case(DENY, None, identity=ALL, scps=(DENIES,), management=MANAGEMENT),
            "the principal is assumed not to be in the management account",
        ),
    ],
)
def test_what_the_decision_assumes_is_listed(case, assumption):
    result = case.decision()
    assert result.decision.value == case.expected
    assert result.assumptions == (() if assumption is None else (assumption,))
