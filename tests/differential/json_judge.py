"""What of a record is JSON, judged by Python's own parser and not by the daemon's.

Python's json differs from RFC 8259 in what is made up for here: it takes NaN and Infinity, lets half of a
surrogate pair stand, and knows no limit of depth or of numbers. The daemon's limits beyond RFC 8259 are
those of docs/configuration.md: 64 levels, integers of 64 bits, finite doubles.

A record may be wrong in several ways at once, and which of them is found first is a reader's own affair:
what comes back is all the reasons that would be right."""

import json
import math

DEEPEST = 64
LOWEST, HIGHEST = -2**63, 2**64 - 1


class Number(float):
    """A number with a point or an exponent, and its own spelling."""
    text = ""


class Pairs(list):
    """An object's keys and values, in their order, each as often as it stands there."""


class Unusable(Exception):
    def __init__(self, *reasons: str):
        super().__init__(*reasons)
        self.reasons = frozenset(reasons)


class Reader:
    """Reads one document after another. Not thread-safe."""

    def __init__(self):
        self.too_large = False
        self.decoder = json.JSONDecoder(object_pairs_hook=Pairs, parse_int=self._integer,
                                        parse_float=self._number, parse_constant=self._constant)

    def _integer(self, text: str) -> int:
        if len(text) > 20 or not LOWEST <= int(text) <= HIGHEST:
            self.too_large = True
            return 0
        return int(text)

    def _number(self, text: str) -> Number:
        number = Number(text)
        number.text = text
        if not math.isfinite(number):
            self.too_large = True
        return number

    def _constant(self, text: str):
        raise ValueError(text)

    def read(self, record: bytes):
        """Returns the document. Raises Unusable."""
        try:
            text = record.decode()
        except UnicodeDecodeError:
            raise Unusable("bad_utf8", "bad_json") from None
        if not text or text[0] == "\ufeff":
            raise Unusable("bad_json")
        self.too_large = False
        deep = text.count("[") + text.count("{") > DEEPEST
        try:
            document = self.decoder.decode(text)
        except (ValueError, RecursionError):
            # A number that breaks off or has a zero too many is a number out of range to some.
            raise Unusable("bad_json", "out_of_range", *(["too_deep"] if deep else [])) from None
        wrong = ["out_of_range"] if self.too_large else []
        if deep and depth(document) > DEEPEST:
            wrong.append("too_deep")
        if "\\u" in text and not is_text(document):
            wrong.append("bad_json")
        if wrong:
            raise Unusable(*wrong)
        if type(document) is not Pairs:
            raise Unusable("not_an_object")
        return document


def depth(value) -> int:
    """How many objects and arrays that hold something lie within each other. Without recursion."""
    deepest, level = 0, [value]
    while level := [part for part in level if isinstance(part, list) and part]:
        deepest += 1
        level = [inner for part in level
                 for inner in (part if type(part) is list else (v for _, v in part))]
    return deepest


def is_text(value) -> bool:
    """Whether all strings, keys among them, are Unicode text."""
    level = [value]
    while level:
        one = level.pop()
        if isinstance(one, str):
            if any("\ud800" <= c <= "\udfff" for c in one):
                return False
        elif type(one) is Pairs:
            level += [part for pair in one for part in pair]
        elif isinstance(one, list):
            level += one
    return True
