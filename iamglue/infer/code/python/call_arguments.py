"""Arguments of calls: positional and named ones, `*values` and `**values`."""

from __future__ import annotations

import ast

from iamglue.infer.code.python.abstract_objects import NOTHING, ArgumentValues, Values
from iamglue.infer.code.python.mapping_members import members_of
from iamglue.infer.code.python.sequences import ordered_elements
from iamglue.infer.code.python.settings_texts import check_setting
from iamglue.infer.code.python.targets import TargetEvaluator


class ArgumentEvaluator(TargetEvaluator):
    """The arguments of the calls of one unit."""

    def call_arguments(self, node: ast.Call) -> ArgumentValues:
        """The arguments; positional ones after a `*values` of unknown length may be at any position."""
        positional: list[Values] = []
        more: Values = NOTHING
        for argument in node.args:
            if not isinstance(argument, ast.Starred):
                values = self.evaluate(argument)
                positional.append(values) if not more else None
                more |= values if more else NOTHING
                continue
            starred = self.evaluate(argument.value)
            ordered = ordered_elements(starred, self.at(argument))
            if ordered is not None and not more:
                positional.extend(ordered)
            else:
                more |= self.elements(starred, argument) or NOTHING
        keywords: dict[str, Values] = {}
        is_open = False
        for keyword in node.keywords:
            values = self.evaluate(keyword.value)
            if keyword.arg is None:
                is_open = self._expand(values, keywords) or is_open
            else:
                keywords[keyword.arg] = values
                check_setting(values, self.at(node.func), keyword.arg)
        return ArgumentValues(tuple(positional), keywords, more, is_open)

    def _expand(self, values: Values, keywords: dict[str, Values]) -> bool:
        """Add the keywords of `**values`; returns whether there may be others."""
        members, is_open = members_of(values, self.machine, self.unit)
        for name, stored in members.items():
            keywords[name] = keywords.get(name, NOTHING) | stored
        return is_open
