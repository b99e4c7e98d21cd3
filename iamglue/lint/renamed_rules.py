"""The former names of rules, so that a suppression, a baseline or a configuration with one names the new one."""

from __future__ import annotations

_NEW_NAMES = {
    "account-trust": "account-wide-trust",
    "action-perhaps-without-resource": "possible-action-resource-mismatch",
    "action-without-resource": "action-resource-mismatch",
    "all-values-of-one": "forallvalues-with-single-valued-key",
    "arn-account": "invalid-arn-account",
    "arn-region": "invalid-arn-region",
    "arn-resource": "invalid-arn-resource",
    "audience-all-values": "forallvalues-with-audience-claim",
    "audience-any-value": "foranyvalue-with-audience-claim",
    "audience-claim-type": "confirm-audience-claim-type",
    "condition-key-format": "invalid-condition-key-format",
    "condition-key-lacking-for-service": "unsupported-condition-key-for-service-principal",
    "condition-key-not-carried": "unsupported-action-for-condition-key",
    "condition-key-without-action": "missing-action-for-condition-key",
    "condition-key-without-partner": "missing-paired-condition-key",
    "condition-limits-nobody": "ineffective-condition",
    "condition-never-met": "unsatisfiable-condition",
    "condition-region": "invalid-region-in-condition",
    "condition-value-form": "invalid-condition-value-format",
    "condition-value-type": "condition-value-type-mismatch",
    "federated-principal": "invalid-federated-principal",
    "foreign-in-resource-policy": "unsupported-in-resource-policy",
    "forgeable-condition-key": "untrustworthy-condition-key",
    "github-subject": "broad-github-subject",
    "idle-condition": "vacuous-condition",
    "open-condition-value": "permissive-condition-value",
    "open-web-identity": "missing-condition-for-oidc-principal",
    "operator-type": "condition-operator-type-mismatch",
    "policy-id": "unused-policy-id",
    "presence-test": "equivalent-to-null-check",
    "principal-id": "unique-id-as-principal",
    "principal-shape": "invalid-principal-format",
    "principal-value": "invalid-principal-value",
    "private-among-public": "private-ip-among-public",
    "rcp-without-service-guard": "rcp-missing-related-condition-key",
    "repeated-sid": "duplicate-sid-in-resource-policy",
    "role-without-source": "role-trust-missing-source-condition",
    "s3-prefix-excluded": "bypassable-s3-prefix-deny",
    "service-stand-in-key": "recommended-condition-key-for-service-principal",
    "sid-characters": "invalid-sid-characters",
    "string-like-on-arn": "string-operator-with-arn-key",
    "tag-condition-allows-nothing": "allow-with-unsupported-tag-condition",
    "tag-condition-denies-nothing": "deny-with-unsupported-tag-condition",
    "trust-policy-action": "invalid-trust-policy-action",
    "trust-policy-element": "unsupported-trust-policy-element",
    "vpc-endpoint-key-out-of-place": "unsupported-vpc-endpoint-key",
}


def renamed_rule_message(name: str) -> str | None:
    """What to say of a former name of a rule; None for every other name."""
    new = _NEW_NAMES.get(name.lower().replace("_", "-"))
    return f"the rule `{name}` is now called `{new}`" if new else None
