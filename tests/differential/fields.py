"""What a JSON value is as a field of a declared type, said a second time from docs/configuration.md."""

import datetime
import decimal
import math
import re

from .json_judge import Number, Pairs, Unusable

EXACT = decimal.Context(prec=5000, traps=[decimal.Inexact, decimal.InvalidOperation])
WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\Z")
DOUBLE = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?"
                  r"(?:[Zz]|([+-])(\d\d):(\d\d))?\Z", re.ASCII)
DIGITS = 38
FIRST_MS, LAST_MS = -62_135_596_800_000, 253_402_300_799_999  # Of the years 1 and 9999.
EPOCH = datetime.date(1970, 1, 1).toordinal()


def string(value) -> str:
    if not isinstance(value, str):
        raise Unusable("wrong_type")
    if "\0" in value:
        raise Unusable("nul_character")
    return value


def integer(value) -> int:
    if isinstance(value, str):
        if not WHOLE.match(value):
            raise Unusable("wrong_type")
        value = int(value) if len(value) <= 20 else 2**64
    elif type(value) is not int:
        raise Unusable("wrong_type")
    if not -2**63 <= value < 2**63:
        raise Unusable("out_of_range")
    return value


def number(value) -> decimal.Decimal:
    if type(value) is int:
        return decimal.Decimal(value)
    text = value.text if type(value) is Number else value
    if not isinstance(text, str):
        raise Unusable("wrong_type")
    if not NUMBER.match(text):
        raise Unusable("wrong_type", "out_of_range")
    found = decimal.Decimal(text)
    if not found:
        return decimal.Decimal(0)
    _, digits, exponent = found.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    digits, exponent = len(digits) - zeros, exponent + zeros
    if max(digits, digits + exponent) > DIGITS or exponent < -DIGITS:
        raise Unusable("out_of_range")
    return found


def double(value) -> float:
    if isinstance(value, str):
        if not DOUBLE.match(value):
            raise Unusable("wrong_type")
        found = float(value)
    elif type(value) is int:
        if abs(value) > 2**53:
            raise Unusable("out_of_range")
        found = float(value)
    elif type(value) is Number:
        found = float(value)
    else:
        raise Unusable("wrong_type")
    if not math.isfinite(found):
        raise Unusable("out_of_range")
    return found + 0.0  # No zero is negative.


def boolean(value) -> bool:
    if type(value) is not bool:
        raise Unusable("wrong_type")
    return value


def milliseconds(value) -> int:
    """A time that is a number; in microseconds."""
    if isinstance(value, str):
        if not WHOLE.match(value):
            raise Unusable("bad_timestamp")
        value = int(value) if len(value) <= 20 else 2**64
    elif type(value) is not int:
        raise Unusable("wrong_type")
    if not FIRST_MS <= value <= LAST_MS:
        raise Unusable("out_of_range")
    return value * 1000


def time_text(value) -> int:
    """A time as in RFC 3339, without a zone in UTC; in microseconds, what lies below cut off."""
    if type(value) in (int, Number):
        raise Unusable("bad_timestamp", "out_of_range")  # Not to be told from a number too large.
    if not isinstance(value, str):
        raise Unusable("wrong_type")
    found = TIME.match(value)
    if not found:
        raise Unusable("bad_timestamp")
    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    zone = (int(found[9]) * 60 + int(found[10])) * (1 if found[8] == "+" else -1) if found[8] else 0
    try:
        # The year 0 is a leap year, as 400 is.
        days = datetime.date(year or 400, month, day).toordinal() - EPOCH - (0 if year else 146_097)
    except ValueError:
        raise Unusable("bad_timestamp") from None
    if hour > 23 or minute > 59 or second > 60 or (found[8] and (int(found[9]) > 23 or int(found[10]) > 59)):
        raise Unusable("bad_timestamp")
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second - zone * 60
    if second == 60 and seconds % 86_400:
        raise Unusable("bad_timestamp")
    micros = seconds * 1_000_000 + int((found[7] or "0").ljust(6, "0")[:6])
    if not FIRST_MS * 1000 <= micros <= LAST_MS * 1000 + 999:
        raise Unusable("bad_timestamp")
    return micros


# (path, how to read it, whether it may be null or missing, what stands in for a missing one)
FIELDS = [
    (("key",), string, False, None),
    (("amount",), integer, False, None),
    (("cost",), number, False, decimal.Decimal(0)),
    (("ratio",), double, True, None),
    (("flag",), boolean, True, None),
    (("seen",), time_text, True, None),
    (("where", "kind"), string, True, None),
    (("tag",), string, True, None),
    (("at",), milliseconds, False, None),
]
ROOT = {path[0]: (path, read) for path, read, *_ in FIELDS if len(path) == 1}
INNER = {path[0]: {path[1]: (path, read)} for path, read, *_ in FIELDS if len(path) == 2}
MISSING = object()


def read_fields(document: Pairs) -> dict:
    """Returns the value of each field. Raises Unusable with every reason that is right."""
    values, wrong = {}, []
    _walk(document, ROOT, INNER, values, wrong)
    if wrong:
        raise Unusable(*wrong)
    for path, _, optional, default in FIELDS:
        value = values.get(path, MISSING)
        if value is MISSING and default is not None:
            values[path] = default
        elif value is MISSING or value is None:
            if optional:
                values[path] = None
            else:
                wrong.append("missing_field" if value is MISSING else "null_field")
    if wrong:
        raise Unusable(*wrong)
    return values


def _walk(pairs: Pairs, fields: dict, inner: dict, values: dict, wrong: list):
    seen = set()
    for key, value in pairs:
        seen.add(key)
        if key in fields:
            path, read = fields[key]
            try:
                values[path] = None if value is None else read(value)
            except Unusable as refused:
                wrong += refused.reasons
        elif key in inner and type(value) is Pairs:
            _walk(value, inner[key], {}, values, wrong)
    if len(seen) < len(pairs):
        wrong.append("duplicate_key")
