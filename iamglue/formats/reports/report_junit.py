"""A report as JUnit XML: a failed test case for each finding, or one passed test case if there is none.

There is no official standard; readers accept what https://github.com/testmoapp/junitxml describes.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from iamglue.findings import Finding, NotEvaluated, NotEvaluatedKind, Report
from iamglue.formats.words.finding_words import finding_lines
from iamglue.output_escaping import escape_output, escape_to_one_line


def report_junit(report: Report) -> str:
    """One suite. A check that failed is a test case with an error; an undecidable check is a skipped test case."""
    failed = [item for item in report.not_evaluated if item.kind is NotEvaluatedKind.FAILED]
    undecided = [item for item in report.not_evaluated if item.kind is not NotEvaluatedKind.FAILED]
    clean = not report.findings and not report.not_evaluated
    counts = {
        "tests": str(len(report.findings) + len(report.not_evaluated) + clean),
        "failures": str(len(report.findings)),
        "errors": str(len(failed)),
        "skipped": str(len(undecided)),
    }
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", {"name": "iamglue lint", **counts})
    for finding in report.findings:
        _add_failure(suite, finding)
    for item in report.not_evaluated:
        _add_not_evaluated(suite, item)
    if clean:
        noun = "policy" if report.policy_count == 1 else "policies"
        SubElement(suite, "testcase", {"classname": "iamglue", "name": f"{report.policy_count} {noun}"})
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _add_failure(suite: Element, finding: Finding) -> None:
    """Add the failed test case of a finding."""
    where = finding.span
    place = ":".join(str(part) for part in (where.path, where.line, where.column) if part is not None)
    attributes = {"classname": _xml_text(where.path), "name": _xml_text(f"{finding.rule} at {place}")}
    case = SubElement(suite, "testcase", attributes | {"file": _xml_text(where.path), "line": str(where.line or 1)})
    failure = SubElement(case, "failure", {"type": finding.severity.value, "message": _xml_text(finding.message)})
    message, *others = finding_lines(finding)
    lines = [f"{place}: {finding.severity}: {message}", *others, where.excerpt]
    failure.text = escape_output("\n".join(_xml_text(line) for line in lines if line))


def _add_not_evaluated(suite: Element, item: NotEvaluated) -> None:
    """Add the test case of a check that failed (an error) or is undecided (skipped)."""
    case = SubElement(suite, "testcase", {"classname": _xml_text(item.subject.name), "name": _xml_text(item.what)})
    SubElement(
        case, "error" if item.kind is NotEvaluatedKind.FAILED else "skipped", {"message": _xml_text(item.reason)}
    )


def _xml_text(text: str) -> str:
    """`text` on one line, without characters that are invalid in XML 1.0: https://www.w3.org/TR/xml/#charsets."""
    return escape_output(escape_to_one_line(text))
