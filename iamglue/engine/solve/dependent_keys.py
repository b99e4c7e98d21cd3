"""Condition keys that depend on one another or on the resource: contexts in which they agree.

The search chooses the values of each key by itself. A request with `aws:SourceArn` of one account and
`aws:SourceAccount` of another cannot exist, so the functions here propose values that agree. Contexts have their keys
in lower case.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html ("Availability" of each key)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import chain, product

from iamglue.engine.evaluate.numbers_and_dates import parse_timestamp
from iamglue.engine.evaluate.request import RequestContext
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

# The keys that policies test: in lower case, and as the policies write them.
TestedKeys = Mapping[str, str]

_REGION_FIELD, _ACCOUNT_FIELD = 3, 4
_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-[0-9]+")
_ORGANIZATION = re.compile(r"o-[a-z0-9]+")
_SOME_ACCOUNT, _SOME_REGION, _SOME_PATH, _SOME_TEXT = "111122223333", "us-east-1", "r-ab12/", "value"
_SOME_SOURCE = "arn:aws:sns:us-east-1:111122223333:topic"
# Keys of every request, with a value for requests of which nothing else is known.
_EXAMPLE_VALUES = {
    "aws:currenttime": "2026-01-01T00:00:00Z",
    "aws:epochtime": "1767225600",
    "aws:requestedregion": _SOME_REGION,
    "aws:securetransport": "true",
    "aws:useragent": "aws-cli",
    "aws:viaawsservice": "false",
}
_REQUESTED_REGION = "aws:requestedregion"
_RESOURCE_ACCOUNTS = ("aws:resourceaccount", "s3:resourceaccount")
# Only requests of a service itself have these: "only when the call is made directly by an AWS service principal".
SOURCE_KEYS = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})
_SOURCES = (("aws:sourcearn", "aws:sourceaccount"), ("s3:dataaccesspointarn", "s3:dataaccesspointaccount"))
_CURRENT_TIME, _EPOCH_TIME, _TOKEN_ISSUE_TIME = "aws:currenttime", "aws:epochtime", "aws:tokenissuetime"
_MFA_AGE, _MFA_PRESENT = "aws:multifactorauthage", "aws:multifactorauthpresent"
_SOURCE_IP = "aws:sourceip"
# Requests through a VPC endpoint have these, and not the key of the public address.
_ENDPOINT_KEYS = (
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpcsourceip",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
)
_ORGANIZATIONS = tuple((f"aws:{of}orgid", f"aws:{of}orgpaths") for of in ("principal", "resource", "source", "vpce"))
# The prefix of the keys for single tags, and the key that lists the names of all of them.
_TAGS = (
    ("aws:requesttag/", "aws:tagkeys"),
    ("s3:requestobjecttag/", "s3:requestobjecttagkeys"),
    ("kms:encryptioncontext:", "kms:encryptioncontextkeys"),
)
_CALLED_VIA, _CALLED_FIRST, _CALLED_LAST = "aws:calledvia", "aws:calledviafirst", "aws:calledvialast"
_VIA_SERVICE = "aws:viaawsservice"
_GROUPS = (
    *_SOURCES,
    *_ORGANIZATIONS,
    (_CURRENT_TIME, _EPOCH_TIME, _TOKEN_ISSUE_TIME),
    (_MFA_AGE, _MFA_PRESENT),
    (_SOURCE_IP, *_ENDPOINT_KEYS),
    (_CALLED_VIA, _CALLED_FIRST, _CALLED_LAST, _VIA_SERVICE),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def has_dependent_keys(tested: TestedKeys) -> bool:
    """Whether some of the tested keys depend on one another or on the resource, or are in every request."""
    if any(key in tested for key in (*_EXAMPLE_VALUES, *_RESOURCE_ACCOUNTS, *(arn for arn, _ in _SOURCES))):
        return True
    if any(sum(key in tested for key in group) > 1 for group in _GROUPS):
        return True
    return any(names in tested and any(key.startswith(prefix) for key in tested) for prefix, names in _TAGS)


def agreeing_contexts(
    context: RequestContext, resource: str, tested: TestedKeys
) -> Iterator[tuple[str, RequestContext]]:
    """Contexts in which the keys agree with one another and with the resource, those most like `context` first.

    The keys of the principal stay as they are. The resource is as given, but for a Region or account that is not one.
    """
    always = {key: (value,) for key, value in _EXAMPLE_VALUES.items() if key in tested}
    for arn in _arns(resource, context):
        for agreeing in _agreeing_with_arn({**always, **context}, arn, tested):
            yield arn, agreeing


def _arns(resource: str, context: RequestContext) -> Iterator[str]:
    """The resource with a Region and an account in place of texts that the search chose for them."""
    fields = split_arn_fields(resource)
    if len(fields) != ARN_FIELD_COUNT:
        yield resource
        return
    partition, service, region, account, name = fields[1:]
    regions: tuple[str, ...] = (region,)
    accounts: tuple[str, ...] = (account,)
    if region and not _REGION.fullmatch(region):
        regions = (*filter(_REGION.fullmatch, context.get(_REQUESTED_REGION, ())), _SOME_REGION, region)
    if account and not _ACCOUNT.fullmatch(account):
        named = (value for key in _RESOURCE_ACCOUNTS for value in context.get(key, ()))
        accounts = (*filter(_ACCOUNT.fullmatch, named), _SOME_ACCOUNT, account)
    for pair in product(dict.fromkeys(regions), dict.fromkeys(accounts)):
        yield ":".join(("arn", partition, service, *pair, name))


def _agreeing_with_arn(context: RequestContext, arn: str, tested: TestedKeys) -> Iterator[RequestContext]:
    """Contexts in which the keys agree with one another and with an ARN."""
    fields = split_arn_fields(arn)
    is_arn = len(fields) == ARN_FIELD_COUNT
    region, account = (fields[_REGION_FIELD], fields[_ACCOUNT_FIELD]) if is_arn else ("", "")
    contexts: Iterable[RequestContext] = (context,)
    agreements: tuple[Callable[[RequestContext], Iterable[RequestContext]], ...] = (
        partial(_agree_on_region, region=region),
        partial(_agree_on_resource_account, account=account),
        *(partial(_agree_on_source, keys=keys) for keys in _SOURCES),
        _agree_on_time,
        _agree_on_mfa,
        _agree_on_network,
        *(partial(_agree_on_organization, keys=keys) for keys in _ORGANIZATIONS if tested.keys() >= set(keys)),
        *(partial(_agree_on_tags, keys=keys, tested=tested) for keys in _TAGS),
        partial(_agree_on_chain, tested=tested),
    )
    for agree in agreements:
        contexts = chain.from_iterable(map(agree, contexts))
    return iter(contexts)


def _agree_on_region(context: RequestContext, region: str) -> Iterator[RequestContext]:
    """The requested Region is the one of the resource, if it has one.

    No AWS page lists the requests whose resource is in another Region, so none of these is proposed.
    """
    if not region or _REQUESTED_REGION not in context:
        yield context
    elif _REGION.fullmatch(region):
        yield {**context, _REQUESTED_REGION: (region,)}


def _agree_on_resource_account(context: RequestContext, account: str) -> Iterator[RequestContext]:
    """The account of the resource is the one in its ARN; without one, all keys have the same account."""
    keys = [key for key in _RESOURCE_ACCOUNTS if key in context]
    if not keys:
        yield context
        return
    named = [account] if account else [*(context[key][0] for key in keys), _SOME_ACCOUNT]
    for value in dict.fromkeys(filter(_ACCOUNT.fullmatch, named)):
        yield {**context, **dict.fromkeys(keys, (value,))}


def _agree_on_source(context: RequestContext, keys: tuple[str, str]) -> Iterator[RequestContext]:
    """The account of a source is the one in its ARN, if it has one: an S3 bucket's ARN has none."""
    arn_key, account_key = keys
    if arn_key not in context:
        yield context
        return
    given, example = split_arn_fields(context[arn_key][0]), split_arn_fields(_SOME_SOURCE)
    if len(given) != ARN_FIELD_COUNT:
        given = example
    # Empty fields are those that the search left open.
    fields = tuple(text or example[index] if index in (1, 2, 5) else text for index, text in enumerate(given))
    accounts = (fields[_ACCOUNT_FIELD], *context.get(account_key, ()), _SOME_ACCOUNT)
    for value in dict.fromkeys(filter(_ACCOUNT.fullmatch, accounts)):
        named = {account_key: (value,)} if account_key in context else {}
        whole = (*fields[:_ACCOUNT_FIELD], value, *fields[_ACCOUNT_FIELD + 1 :])
        yield {**context, arn_key: (":".join(whole),), **named}
        if not fields[_ACCOUNT_FIELD]:
            yield {**context, arn_key: (":".join(fields),), **named}


def _agree_on_time(context: RequestContext) -> Iterator[RequestContext]:
    """Both keys of the time have the same one, and a token was issued before it."""
    times = {key: parse_timestamp(context[key][0]) for key in (_CURRENT_TIME, _EPOCH_TIME) if key in context}
    issued = parse_timestamp(context[_TOKEN_ISSUE_TIME][0]) if _TOKEN_ISSUE_TIME in context else None
    if not times:
        yield context
        return
    possible = [seconds for seconds in (*times.values(), issued) if seconds is not None]
    for seconds in dict.fromkeys(possible or (Decimal(_EXAMPLE_VALUES[_EPOCH_TIME]),)):
        if issued is None or issued <= seconds:
            written = {_CURRENT_TIME: _date(seconds), _EPOCH_TIME: str(seconds)}
            # A time that is right already stays as the policy writes it.
            changed = {key: (written[key],) for key, value in times.items() if value != seconds}
            yield {**context, **changed}


def _date(seconds: Decimal) -> str:
    """A time in seconds since 1970 as a date, or as it is where its year does not have four digits."""
    try:
        return (_EPOCH + timedelta(seconds=float(seconds))).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return str(seconds)


def _agree_on_mfa(context: RequestContext) -> Iterator[RequestContext]:
    """The time since a sign-in with MFA is in the context if and only if there was one."""
    is_present = context.get(_MFA_PRESENT)
    if _MFA_AGE not in context and is_present != ("true",):
        yield context
        return
    yield {_MFA_AGE: ("60",), **context, _MFA_PRESENT: ("true",)}
    yield {
        _MFA_PRESENT: ("false",),
        **_without(context, (_MFA_AGE, *([] if is_present == ("false",) else [_MFA_PRESENT]))),
    }


def _agree_on_network(context: RequestContext) -> Iterator[RequestContext]:
    """A request comes from a public address or through a VPC endpoint."""
    if _SOURCE_IP not in context or not any(key in context for key in _ENDPOINT_KEYS):
        yield context
        return
    yield _without(context, (_SOURCE_IP,))
    yield _without(context, _ENDPOINT_KEYS)


def _agree_on_organization(context: RequestContext, keys: tuple[str, str]) -> Iterator[RequestContext]:
    """The paths of an account in its organization begin with the organization's ID."""
    id_key, paths_key = keys
    organizations, paths = context.get(id_key, ()), [path for path in context.get(paths_key, ()) if path]
    if not organizations and not paths:
        yield context
        return
    roots = {path.partition("/")[0] for path in paths}
    if len(roots) == 1 and all(map(_ORGANIZATION.fullmatch, roots)):
        yield {**context, id_key: tuple(roots)}
    for organization in organizations:
        yield {**context, paths_key: (f"{organization}/{_SOME_PATH}",)}


def _agree_on_tags(context: RequestContext, keys: tuple[str, str], tested: TestedKeys) -> Iterator[RequestContext]:
    """The key that lists the names of tags has those of the single tags, and no others."""
    prefix, names_key = keys
    if names_key not in tested or not any(key.startswith(prefix) for key in tested):
        yield context
        return
    single = [tested.get(key, key)[len(prefix) :] for key in context if key.startswith(prefix)]
    listed = [name for name in context.get(names_key, ()) if name]
    known = {name.lower() for name in listed}
    names = (*listed, *(name for name in single if name.lower() not in known))
    if not names:
        yield context
        return
    others = {f"{prefix}{name.lower()}": (_SOME_TEXT,) for name in listed}
    yield {**others, **context, names_key: names}
    yield {**context, names_key: tuple(single)} if single else _without(context, (names_key,))


def _agree_on_chain(context: RequestContext, tested: TestedKeys) -> Iterator[RequestContext]:
    """The first and the last service of a chain of calls are in it, and then AWS makes the request."""
    first, last = context.get(_CALLED_FIRST, ()), context.get(_CALLED_LAST, ())
    middle = [name for name in context.get(_CALLED_VIA, ()) if name and name not in (*first, *last)]
    called = (*first, *middle, *(name for name in last if name not in first or middle))
    if not called:
        yield context
        return
    whole = {
        _CALLED_VIA: called,
        _CALLED_FIRST: called[:1],
        _CALLED_LAST: called[-1:],
        _VIA_SERVICE: ("true",),
    }
    yield {**context, **{key: values for key, values in whole.items() if key in tested}}


def _without(context: RequestContext, keys: Iterable[str]) -> RequestContext:
    removed = frozenset(keys)
    return {key: values for key, values in context.items() if key not in removed}
