"""SCPs and RCPs, root first, where the organization lets them be read."""

from __future__ import annotations

import pytest
from aws.deployed import ACCOUNT, allow, client, deploy_role
from aws.door import error, opened

from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.findings import NotEvaluatedKind

MANAGEMENT = "210987654321"
FULL = "p-FullAWSAccess"
ABOVE = {ACCOUNT: ("ou-1", "ORGANIZATIONAL_UNIT"), "ou-1": ("r-1", "ROOT")}
ATTACHED = {
    ("r-1", "SERVICE_CONTROL_POLICY"): (FULL,),
    ("ou-1", "SERVICE_CONTROL_POLICY"): (FULL, "p-ou"),
    (ACCOUNT, "SERVICE_CONTROL_POLICY"): (FULL,),
}
MEMBER = error("AccessDeniedException", "You don't have permissions to access this resource.")


def answer_policy(given):
    summary = {"Name": given["PolicyId"], "Arn": f"arn:aws:organizations::aws:policy/{given['PolicyId']}"}
    return {"Policy": {"PolicySummary": summary, "Content": allow("*")}}


def listed(given):
    found = ATTACHED.get((given["TargetId"], given["Filter"]), ())
    return {"Policies": [{"Id": each} for each in found]}


@pytest.fixture
def door(aws, shared_clients, monkeypatch):
    deploy_role()
    found = opened(monkeypatch)
    about = {"Id": "o-1", "MasterAccountId": MANAGEMENT, "FeatureSet": "ALL"}
    found.answers |= {
        "organizations:DescribeOrganization": lambda _: {"Organization": about},
        "organizations:ListParents": lambda given: {
            "Parents": [dict(zip(("Id", "Type"), ABOVE[given["ChildId"]], strict=True))]
        },
        "organizations:ListPoliciesForTarget": listed,
        "organizations:DescribePolicy": answer_policy,
    }
    return found


def read():
    return collect(CollectRequest(roles=("photos-role",)))


def test_the_levels_stand_root_first(door):
    account = read()
    assert account.organization == "o-1"
    assert [[each.name for each in level] for level in account.scps] == [[FULL], [FULL, "p-ou"], [FULL]]
    assert account.scps[1][1].policy
    assert account.gaps == ()


def test_a_type_of_policy_that_is_not_enabled_binds_nobody(door):
    assert read().rcps == ()


def test_each_document_is_read_once(door):
    read()
    assert door.asked.count("organizations:DescribePolicy") == 2


@pytest.mark.parametrize(
    "about", [{"MasterAccountId": ACCOUNT, "FeatureSet": "ALL"}, {"FeatureSet": "CONSOLIDATED_BILLING"}]
)
def test_the_management_account_and_one_that_shares_only_bills_are_bound_by_none(about, door):
    found = {"Id": "o-1", "MasterAccountId": MANAGEMENT, **about}
    door.answers["organizations:DescribeOrganization"] = lambda _: {"Organization": found}
    account = read()
    assert (account.organization, account.scps, account.rcps) == ("o-1", (), ())
    assert "organizations:ListParents" not in door.asked


@pytest.mark.usefixtures("aws")
def test_an_account_in_no_organization_is_bound_by_none():
    deploy_role()
    account = read()
    assert (account.organization, account.scps, account.rcps, account.gaps) == (None, (), (), ())


@pytest.mark.usefixtures("aws")
def test_the_organization_of_moto_is_read_as_aws_has_it():
    deploy_role()
    client("organizations").create_organization(FeatureSet="ALL")
    account = read()
    assert account.organization.startswith("o-")
    assert account.scps == ()


@pytest.mark.parametrize("action", ["ListParents", "ListPoliciesForTarget"])
def test_a_member_account_cannot_know_which_fails_nothing(action, door):
    door.answers[f"organizations:{action}"] = MEMBER
    account = read()
    assert (account.organization, account.scps) == ("o-1", None)
    assert {each.kind for each in account.gaps} == {NotEvaluatedKind.UNDECIDABLE}


@pytest.mark.parametrize("action", ["DescribeOrganization", "ListParents", "ListPoliciesForTarget", "DescribePolicy"])
def test_a_permission_that_is_missing_is_named_and_the_rest_is_read(action, door):
    door.answers[f"organizations:{action}"] = error("AccessDeniedException", "User: x is not authorized to perform: y")
    account = read()
    assert account.scps is None
    assert {(each.kind, each.what) for each in account.gaps} == {(NotEvaluatedKind.FAILED, f"organizations:{action}")}
    assert f"the permission organizations:{action} is missing" in account.gaps[0].reason
    assert len(account.roles) == 1


def test_a_malformed_policy_of_the_organization_is_told(door):
    def broken(given):
        found = answer_policy(given)
        found["Policy"]["Content"] = "{"
        return found

    door.answers["organizations:DescribePolicy"] = broken
    account = read()
    assert account.scps[0][0].policy is None
    assert "malformed" in account.gaps[0].reason
