"""Texts in settings that make a library call AWS: the path of a class (`storages.backends.s3.S3Storage`), an address.

A framework imports the class by its name, and the program that is read has no call of it: it is reported as not
resolved. The rows of `catalog/data/python_libraries.tsv` with `setting` have the modules and addresses.
"""

from __future__ import annotations

import ast
import re
from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.infer.code.python.abstract_objects import Site, Values
from iamglue.infer.code.python.scope_names import bound_name
from iamglue.infer.code.values import UnknownPart, ValueOrigin

_SETTING = "setting"
# What the names of Celery's settings begin with in the settings of other frameworks.
# https://docs.celeryq.dev/en/stable/django/first-steps-with-django.html
_CELERY = "celery_"
_DICTIONARY = "dict"
_CLASS = re.compile(r"(?P<module>[A-Za-z_][\w.]*)[.:][A-Z]\w*")
_ADDRESS = re.compile(r"[a-z0-9]+://")


@cache
def _services() -> dict[str, str]:
    """The services that a module or the beginning of an address stands for."""
    return {row["package"]: row["services"] for row in table_rows("python_libraries") if row["when"] == _SETTING}


def check_setting(values: Values, at: Site, name: str = "") -> None:
    """Report a value of a setting if it makes a library call AWS.

    `at` is the name or key that is set, or what is called with the keyword `name`. An address that a library is given
    by a keyword is reported as a call of that library.
    """
    target = bound_name(at.node) if isinstance(at.node, ast.expr) else ""
    takes_address = not name or target == _DICTIONARY
    name = name or target
    for obj in values:
        part = obj.as_text[0] if obj.as_text else ""
        if isinstance(part, UnknownPart):
            part = part.value if part.origin is ValueOrigin.LITERAL else ""
        if ("." in part or "://" in part) and (takes_address or "://" not in part):
            _check_text(part, at)
        elif name and part:
            _check_word(f"{_celery_setting(name)}={part}", at)


def _celery_setting(name: str) -> str:
    return name.lower().removeprefix(_CELERY)


def _check_word(setting: str, at: Site) -> None:
    """Report a word by which a setting of Celery names a service: `result_backend = "s3"`."""
    services = _services().get(setting)
    if services is not None:
        names = services.replace(" ", ", ")
        at.doubt(f"settings say {setting}, which calls {names} as it runs: which calls and resources is not known")


def _check_text(text: str, at: Site) -> None:
    """Report a class or an address that makes its library call AWS; the address itself is not shown."""
    named, address = _CLASS.fullmatch(text), _ADDRESS.match(text)
    key = named["module"] if named else address[0] if address else ""
    services = _services().get(key)
    if services is not None:
        # An address may hold a password.
        shown = text if named else f"an address {key}"
        names = services.replace(" ", ", ")
        at.doubt(f"settings name {shown}, which calls {names} as it runs: which calls and resources is not known")
