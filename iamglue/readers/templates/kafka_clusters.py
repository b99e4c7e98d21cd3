"""How Lambda signs in to the Amazon MSK clusters of a template: with IAM authentication if the cluster supports it.

https://docs.aws.amazon.com/lambda/latest/dg/with-msk-configure.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-msk-cluster-clientauthentication.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from iamglue.model.account import IAM_AUTH, NO_IAM_AUTH
from iamglue.policy.source.nodes import NodeKind
from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic
from iamglue.readers.templates.template_properties import ResourceProperties

_CLUSTER, _SERVERLESS_CLUSTER = "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster"
_IAM = ("Sasl", "Iam")


def add_cluster_authentication(resources: Iterable[ResourceProperties], draft: AccountDraft) -> None:
    """Add to the mappings of clusters of the template whether these support IAM authentication, if it is known."""
    for properties in resources:
        kind = _authentication(properties)
        # The reference to a cluster is its ARN, whose end is the ID that AWS generates.
        end = f"/${{{properties.id}.Id}}"
        for function in draft.functions.values() if kind else ():
            function.event_sources = [
                replace(source, authentication=(*source.authentication, (kind, "")))
                if source.arn.endswith(end)
                else source
                for source in function.event_sources
            ]


def _authentication(properties: ResourceProperties) -> str:
    """Whether a cluster supports IAM authentication; empty if the template does not say it."""
    if properties.resource.type == _SERVERLESS_CLUSTER:
        return IAM_AUTH
    parts = [properties.node("ClientAuthentication", *_IAM[:depth]) for depth in range(len(_IAM) + 1)]
    if properties.resource.type != _CLUSTER or parts[0] is None:
        return ""
    # What a function or parameter stands for is not known.
    if any(part.kind is not NodeKind.MAP or parse_intrinsic(part) is not None for part in parts if part is not None):
        return ""
    is_enabled = properties.text("ClientAuthentication", *_IAM, "Enabled")
    return {"true": IAM_AUTH, "false": NO_IAM_AUTH, "": NO_IAM_AUTH}.get(is_enabled.lower(), "")
