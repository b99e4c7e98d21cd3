"""iamglue as a library: IAM policies generated, linted, compared, evaluated and audited, and specs. See docs/api.md.

Nothing is imported until it is used, so `import iamglue` costs next to nothing.
"""

TYPE_CHECKING = False  # the typing module takes longer to import than this package; type checkers know the name
if TYPE_CHECKING:
    from iamglue.api.code import check_code, infer_code
    from iamglue.api.functions import (
        audit_account,
        compact_policy,
        compare_policies,
        fix_text,
        generate_policies,
        lint_file,
        lint_text,
        load_policy,
        load_spec,
        parse_policy,
        parse_spec,
        policy_text,
    )
    from iamglue.api.policy_checks import check_access_not_granted, find_external_access
    from iamglue.api.requests import evaluate_pattern, evaluate_request
    from iamglue.deployed_code.inference import CodeInference
    from iamglue.deployed_code.spec_check import CodeCheck
    from iamglue.engine.evaluate.request_evaluation import EvaluationResult as Decision
    from iamglue.engine.solve.comparison import Comparison
    from iamglue.errors import IamglueError
    from iamglue.findings import Finding, Fix, Report
    from iamglue.model.spec import Spec
    from iamglue.policy.model import Policy, Statement

__all__ = [
    "CodeCheck",
    "CodeInference",
    "Comparison",
    "Decision",
    "Finding",
    "Fix",
    "IamglueError",
    "Policy",
    "Report",
    "Spec",
    "Statement",
    "audit_account",
    "check_access_not_granted",
    "check_code",
    "compact_policy",
    "compare_policies",
    "evaluate_pattern",
    "evaluate_request",
    "find_external_access",
    "fix_text",
    "generate_policies",
    "infer_code",
    "lint_file",
    "lint_text",
    "load_policy",
    "load_spec",
    "parse_policy",
    "parse_spec",
    "policy_text",
]

# The module that defines each name, with the name there where it is another; the other names are in `api.functions`.
_MODULES = {
    "CodeCheck": ("iamglue.deployed_code.spec_check", "CodeCheck"),
    "CodeInference": ("iamglue.deployed_code.inference", "CodeInference"),
    "Comparison": ("iamglue.engine.solve.comparison", "Comparison"),
    "Decision": ("iamglue.engine.evaluate.request_evaluation", "EvaluationResult"),
    "Finding": ("iamglue.findings", "Finding"),
    "Fix": ("iamglue.findings", "Fix"),
    "IamglueError": ("iamglue.errors", "IamglueError"),
    "Policy": ("iamglue.policy.model", "Policy"),
    "Report": ("iamglue.findings", "Report"),
    "Spec": ("iamglue.model.spec", "Spec"),
    "Statement": ("iamglue.policy.model", "Statement"),
    "check_access_not_granted": ("iamglue.api.policy_checks", "check_access_not_granted"),
    "check_code": ("iamglue.api.code", "check_code"),
    "evaluate_pattern": ("iamglue.api.requests", "evaluate_pattern"),
    "evaluate_request": ("iamglue.api.requests", "evaluate_request"),
    "find_external_access": ("iamglue.api.policy_checks", "find_external_access"),
    "infer_code": ("iamglue.api.code", "infer_code"),
}


def __getattr__(name: str) -> object:
    """A name of the public API, imported at its first use. Raises AttributeError for any other name."""
    if name not in __all__:
        raise AttributeError(f"module 'iamglue' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - startup: see above

    module, attribute = _MODULES.get(name, ("iamglue.api.functions", name))
    value: object = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The names of the public API."""
    return list(__all__)
