"""Which rules run, and which of their findings are reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from iamglue.errors import IamglueError
from iamglue.findings import Finding, Severity
from iamglue.lint.renamed_rules import renamed_rule_message
from iamglue.lint.rule import Rule
from iamglue.lint.rule_table import import_all_rules, rule_slugs
from iamglue.model.own_rule_set import NO_OWN_RULES, OwnRules
from iamglue.spelling import did_you_mean

BREADTH = "breadth"
ALL_RULES = "all"


@dataclass(frozen=True, slots=True)
class RuleSelection:
    """The selected rules: slugs, codes of Access Analyzer, `breadth` or `all`. If `select` is empty, every rule.

    Pedantic rules run if `pedantic` is set or `select` names them. Rules below `min_severity` do not run, except the
    organization's own rules.
    """

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    pedantic: bool = False
    min_severity: Severity = Severity.SUGGESTION
    own_rules: OwnRules = field(default=NO_OWN_RULES, compare=False)  # the selection of built-in rules is a cache's key

    def includes_rule(self, slug: str, rule: Rule) -> bool:
        """True if the rule may have findings that are reported."""
        names = _selectable_names(slug, rule.breadth)
        if names & self.ignore or rule.severity.rank > self.min_severity.rank:
            return False
        selected_names = {slug, *rule.codes} & self.select
        if rule.pedantic and not self.pedantic and not selected_names:
            return False
        return not self.select or bool(selected_names) or bool(names & self.select)

    def includes_name(self, slug: str) -> bool:
        """True if an own rule with this name may have findings that are reported."""
        names = _selectable_names(slug, breadth=False)
        return not names & self.ignore and (not self.select or bool(names & self.select))

    def includes_finding(self, finding: Finding) -> bool:
        """True if a finding of a rule that ran is reported."""
        if not self.select and not self.ignore:
            return True
        names = {*_selectable_names(finding.rule, finding.breadth), finding.access_analyzer or ""}
        return not names & self.ignore and (not self.select or bool(names & self.select))


def parse_rule_names(names: Iterable[str], option: str, own_rules: OwnRules = NO_OWN_RULES) -> frozenset[str]:
    """Check names of rules. Raises IamglueError with the nearest valid name if a rule does not exist."""
    wanted = [name.strip() for name in names]
    known = {name: name for name in (*rule_slugs(), *own_rules.slugs, BREADTH, ALL_RULES)}
    if not known.keys() >= set(wanted):  # importing all rules is only needed for codes and for other spellings
        known |= {code.lower(): code for module in import_all_rules().values() for code in module.RULE.codes}
    parsed_names = set()
    for name in wanted:
        known_name = known.get(name.lower().replace("_", "-")) or known.get(name.lower())
        if known_name is None:
            if renamed := renamed_rule_message(name):
                raise IamglueError(f"{option}: {renamed}")
            hint = did_you_mean(name, known) or "`iamglue rules` lists them"
            raise IamglueError(f"{option}: there is no rule `{name}`", hint=hint)
        parsed_names.add(known_name)
    return frozenset(parsed_names)


def _selectable_names(slug: str, breadth: bool) -> set[str]:
    """Names other than codes that select or ignore the rule."""
    return {slug, ALL_RULES, *([BREADTH] if breadth else ())}
