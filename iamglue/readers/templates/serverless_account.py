"""Builds the account that a serverless.yml creates."""

from __future__ import annotations

from dataclasses import replace

from iamglue.model.account import Account
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import Node
from iamglue.readers.policy_collector import PolicyCollector
from iamglue.readers.templates.cloudformation_account import build_draft
from iamglue.readers.templates.reference_values import set_option_values
from iamglue.readers.templates.serverless_template import SHARED_ROLE, serverless_template
from iamglue.readers.templates.serverless_variables import resolve_serverless_variables
from iamglue.readers.templates.template_cases import read_cases
from iamglue.readers.templates.template_expansion import expand_template


def serverless_account(path: str, root: Node, text: str, settings: ParameterValues) -> Account:
    """The account of a serverless.yml whose document is `root`."""
    unresolved = PolicyCollector(settings)
    template = expand_template(serverless_template(resolve_serverless_variables(root), unresolved), settings)
    _record_constructs(root, unresolved)
    unknown = unresolved.build_file(path, text).not_evaluated

    def read(template: Node) -> Account:
        """The account of the template in one case of its conditions."""
        collector = PolicyCollector(settings)
        collector.synthesized = True  # the framework adds its own statements to those of the file
        draft, _ = build_draft(path, root, template, text, collector, framework=True)
        shared = draft.roles.get(SHARED_ROLE)
        if shared is not None and shared.origin is not None:
            shared.origin = replace(shared.origin, synthesized=True)
        for gap in unknown:
            if gap.subject.name in draft.roles:
                draft.record_unknown_policy(gap.subject.name, gap.what, gap.reason)
        account = draft.build_account(path)
        others = (gap for gap in unknown if gap.subject.name not in draft.roles)
        return replace(account, gaps=tuple(dict.fromkeys((*others, *account.gaps))))

    return read_cases(template, set_option_values(settings), read)


def _record_constructs(root: Node, collector: PolicyCollector) -> None:
    """Record the constructs of the plugin Lift: it makes functions of them, and gives other functions access to them.

    https://github.com/getlift/lift#permissions
    """
    constructs = root.get("constructs")
    if constructs is not None and not constructs.is_null:
        names = ", ".join(f"`{key.text}`" for key, _ in constructs.pairs) or f"at {constructs.location}"
        what = f"the functions and permissions that the constructs {names} add"
        collector.record_not_evaluated("constructs", what, "iamglue does not evaluate the plugin that makes them")
