"""Hostile events, the same for the same seed and partition: most are sound, the others are wrong or odd in
one of many ways."""

import gzip
import random

BEGAN_MS = 1_750_000_000_000
HOUR, DAY = 3_600_000, 86_400_000
FIRST_MS, LAST_MS = -62_135_596_800_000, 253_402_300_799_999

NUMBERS = """0 -0 -0.0 0.0 1.0 1e2 1E+2 1e-2 1e-400 1e400 -1e400 0e99999 1e000001 0.1 0.30000000000000004
5e-324 2.5e-324
9007199254740992 9007199254740993 -9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808
-9223372036854775809 18446744073709551615 18446744073709551616 99999999999999999999999999999999999999
999999999999999999999999999999999999990 100000000000000000000000000000000000000.0 1e37 1e38 1e-38 1e-39
0.00000000000000000000000000000000000001 0.000000000000000000000000000000000000001
123456789012345678901234567890.12345678 123456789012345678901234567890.123456789 1.7976931348623157e308
1.7976931348623159e308 2.2250738585072011e-308 1.00000000000000000000000000000000000000000000000000""".split()
NO_JSON = """NaN Infinity -Infinity 01 -01 +1 1. .5 1e 1e+ 0x10 1_000 - tru nul falsE 'a' a /**/1 1//x [1,] {"a":1,}
{a:1} {"a"} {,} [ { " "\\x41" "\\u12" "\\ud8" "a
b" """.split(" ")
TEXTS = ['""', '" "', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00x"', '"\\ud800\\ud800"', '"\\udc00\\ud800"',
         '"\\ud83d\\ude00"', '"\U0001f600"', '"\\u00e9"', '"\u00e9"', '"e\u0301"', '"\ufffd"', '"\uffff"', '"\u2028"',
         '"\\/\\b\\f\\n\\r\\t\\"\\\\"', '"NULL"', '"null"', '"true"', '"\x7f"', '"K"', '"\u212a"', '"k "', '"\u017f"',
         '"stra\u00dfe"', '"STRASSE"', '"\ufeffk"', '"1"', '"1.0"', '"01"']
TIMES = ["2026-01-31T00:00:00Z", "2026-01-31 23:59:59.999999999+05:45", "2026-02-29T00:00:00Z", "2024-02-29t12:00:00z",
         "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "0000-12-31T23:59:59-00:01",
         "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-00:01", "2016-12-31T23:59:60Z", "2016-12-31T23:59:60.5+00:00",
         "2016-12-31T12:59:60Z",
         "2016-12-31T18:29:60-05:30", "1969-12-31T23:59:59.9999995Z", "2026-01-31T24:00:00Z", "2026-01-31T00:00:00",
         "2026-01-31", "2026-1-31T00:00:00Z", "2026-01-31T00:00Z", "2026-01-31T00:00:00.Z", "2026-01-31T00:00:00+0100",
         "2026-01-31T00:00:00 UTC", "300000-01-01T00:00:00Z", "-001-01-01T00:00:00Z", "2026-13-01T00:00:00Z",
         "2026-00-10T00:00:00Z", "2026-01-31T00:00:00.1234567890Z", "2026-01-31T00:00:00+24:00", "now", "0"]
BROKEN_UTF8 = [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80", b"\xfe",
               b"\xf0\x80\x80\xaf", b"\xc3", b"\xed\xb0\x80"]
ODD = NUMBERS + [f'"{number}"' for number in NUMBERS] + TEXTS + [f'"{time}"' for time in TIMES] + [
    "null", "true", "false", "[]", "{}", "[1]", "[null]", '{"kind":1}', '{"kind":"a","kind":"b"}', '{"kind":null}',
    '{"kind":"a","x":{"y":1,"y":2}}', '" 5"', '"5 "', '"+5"', '"-5"', '"0x1F"', '"1_0"', '"1e2"', '".5"', '"5."']
SMALL_KEYS = [f'"k{i}"' for i in range(200)]
KINDS = ['"a"', '"b"', '"c"', "null"]


class Generator:
    """Makes the events of one partition."""

    def __init__(self, seed: int, partition: int, hostile: float = 0.35):
        self.random = random.Random(f"{seed}/{partition}")
        self.hostile = hostile
        self.made = {}  # Kind of event: how many.
        self.kinds = [getattr(self, name) for name in dir(Generator) if name.startswith("make_")]

    def event(self, index: int) -> tuple[int, bytes | None]:
        """Returns the record's timestamp in ms and its bytes; None is a tombstone."""
        self.now = BEGAN_MS + index
        fields = self._fields()
        if self.random.random() >= self.hostile:
            self.made["sound"] = self.made.get("sound", 0) + 1
            return self.now, self._text(fields).encode()
        make = self.random.choice(self.kinds)
        name = make.__name__[5:]
        self.made[name] = self.made.get(name, 0) + 1
        made = make(fields)
        return self.now, made.encode(errors="surrogatepass") if isinstance(made, str) else made

    def _fields(self) -> dict[str, str]:
        """Returns the spelling of each of an event's fields."""
        chance = self.random.random
        fields = {'"key"': SMALL_KEYS[int(chance() * 200)], '"amount"': str(int(chance() * 2000) - 1000),
                  '"cost"': f'"{chance() * 100:.2f}"', '"at"': str(self.now - int(chance() * 100_000)),
                  '"where"': '{"kind":' + KINDS[int(chance() * 4)] + "}"}
        if chance() < 0.5:
            fields['"ratio"'] = repr(chance())
            fields['"flag"'] = "true" if chance() < 0.5 else "false"
        if chance() < 0.3:
            fields['"tag"'] = f'"tag {int(chance() * 1e6)}"'
            fields['"seen"'] = f'"2026-03-{1 + int(chance() * 28):02}T12:{int(chance() * 60):02}:00.25+01:00"'
        return fields

    @staticmethod
    def _text(fields: dict[str, str]) -> str:
        return "{" + ",".join([f"{key}:{value}" for key, value in fields.items()]) + "}"

    def _some(self, fields) -> str:
        return self.random.choice(list(fields))

    def _at(self, text):
        return self.random.randrange(len(text) + 1)

    # Values.

    def make_odd_value(self, fields):
        fields[self._some(fields)] = self.random.choice(ODD)
        return self._text(fields)

    def make_odd_value_unread(self, fields):
        fields['"other"'] = self.random.choice(ODD)
        return self._text(fields)

    def make_no_json(self, fields):
        fields[self._some(fields)] = self.random.choice(NO_JSON)
        return self._text(fields)

    def make_integer(self, fields):
        sign = self.random.choice(["", "-"])
        digits = sign + str(self.random.getrandbits(self.random.randrange(1, 70)))
        fields[self.random.choice(['"amount"', '"cost"', '"ratio"', '"at"', '"x"'])] = \
            self.random.choice([digits, f'"{digits}"'])
        return self._text(fields)

    def make_decimal(self, fields):
        whole, part = (str(self.random.getrandbits(self.random.randrange(1, 130))) for _ in range(2))
        exponent = self.random.choice(["", "", f"e{self.random.randrange(-45, 45)}"])
        number = f"{self.random.choice(['', '-'])}{whole}.{part[:self.random.randrange(1, 25)]}{exponent}"
        fields[self.random.choice(['"cost"', '"cost"', '"ratio"'])] = self.random.choice([number, f'"{number}"'])
        return self._text(fields)

    def make_text(self, fields):
        size = self.random.randrange(20)
        some = self.random.randrange
        text = "".join(chr(self.random.choice([some(0x20, 0x80), some(0xA0, 0x3000), some(0xE000, 0x11_0000)]))
                       for _ in range(size))
        fields[self.random.choice(['"key"', '"tag"', '"note"'])] = \
            '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return self._text(fields)

    def make_long_key(self, fields):
        fields['"key"'] = '"' + "k" * self.random.choice([1000, 2300, 3000, 5000]) + '"'
        return self._text(fields)

    def make_long_text(self, fields):
        if self.random.random() < 0.001:
            fields['"note"'] = '"' + "x" * 200_000 + '"'
        else:
            fields['"tag"'] = '"' + "y" * self.random.randrange(2000) + '"'
        return self._text(fields)

    # Times.

    def make_time(self, fields):
        away = self.random.choice([HOUR, DAY, 30 * DAY, 0])
        at = self.now + self.random.choice([-1, 1]) * away + self.random.choice([-1, 0, 1])
        fields['"at"'] = str(self.random.choice(
            [at, at, at, f'"{at}"', -1, 0, -3_600_000, -3_600_001, at // 1000, at * 1000, FIRST_MS, FIRST_MS - 1,
             LAST_MS, LAST_MS + 1, self.random.randrange(FIRST_MS, self.now)]))
        return self._text(fields)

    def make_time_text(self, fields):
        fields['"seen"'] = f'"{self.random.choice(TIMES)}"'
        return self._text(fields)

    # Keys and structure.

    def make_missing(self, fields):
        for _ in range(self.random.randrange(1, 3)):
            fields.pop(self._some(fields))
        return self._text(fields)

    def make_null(self, fields):
        fields[self._some(fields)] = "null"
        return self._text(fields)

    def make_twice(self, fields):
        twice = self._some(fields)
        second = self.random.choice([twice, '"\\u00' + f"{ord(twice[1]):02x}" + twice[2:]])
        pairs = [f"{key}:{value}" for key, value in fields.items()]
        pairs.insert(self._at(pairs), f"{second}:{self.random.choice([fields[twice], '1', 'null'])}")
        return "{" + ",".join(pairs) + "}"

    def make_escaped_key(self, fields):
        key = self._some(fields)
        spelt = '"' + "".join(self.random.choice([c, f"\\u{ord(c):04x}", f"\\u{ord(c):04X}"]) for c in key[1:-1]) + '"'
        return self._text({spelt if name == key else name: value for name, value in fields.items()})

    def make_other_case(self, fields):
        key = self._some(fields)
        other = self.random.choice([key.upper(), key[:-1] + ' "', key[:-1] + '\\u0000"', key[:-1] + "\u200b\""])
        return self._text({other if name == key else name: value for name, value in fields.items()})

    def make_shuffled(self, fields):
        pairs = list(fields.items())
        self.random.shuffle(pairs)
        return self._text(dict(pairs)).replace(":", self.random.choice([" : ", ":\n\t", "\r:"]), 1)

    def make_wide(self, fields):
        for i in range(self.random.choice([20, 300])):
            fields[f'"x{i}y"'] = "1"
        if self.random.random() < 0.2:
            return self._text(fields)[:-1] + ',"x7y":2}'
        return self._text(fields)

    def make_deep(self, fields):
        levels = self.random.choice([10, 61, 62, 63, 64, 65, 200, 2000])
        opening, closing = self.random.choice([("[", "]"), ('{"a":', "}")])
        fields[self.random.choice(['"x"', '"where"', '"tag"'])] = \
            opening * levels + self.random.choice(["1", "[]", "{}"]) + closing * levels
        return self._text(fields)

    def make_other_root(self, fields):
        text = self._text(fields)
        return self.random.choice([f"[{text}]", '"' + "a" * 5 + '"', "5", "null", "true", "[]", "{}", "1.5e3", "1e999"])

    # Bytes.

    def make_cut(self, fields):
        text = self._text(fields).encode()
        return text[:self._at(text)]

    def make_byte_changed(self, fields):
        text = bytearray(self._text(fields).encode())
        for _ in range(self.random.choice([1, 1, 2, 5])):
            text[self.random.randrange(len(text))] = self.random.randrange(256)
        return bytes(text)

    def make_byte_added_or_gone(self, fields):
        text = self._text(fields).encode()
        at = self._at(text)
        return text[:at] + self.random.choice([bytes([self.random.randrange(256)]), b"\0", b'"', b"\\", b"0", b" "]) + \
            text[at + self.random.randrange(2):]

    def make_broken_utf8(self, fields):
        fields[self.random.choice(['"key"', '"tag"', '"x"'])] = '"ab"'
        text = self._text(fields).encode()
        at = self.random.choice([text.index(b'"ab"') + 2, self._at(text)])
        return text[:at] + self.random.choice(BROKEN_UTF8) + text[at:]

    def make_surrounded(self, fields):
        around = [b"", b" ", b"\n\t\r ", b"\xef\xbb\xbf", b"\0", b"x", b",", b"\x0b", b"\xc2\xa0"]
        before, after = self.random.choice(around), self.random.choice(around)
        return before + self._text(fields).encode() + after

    def make_something_else(self, fields):
        text = self._text(fields)
        return self.random.choice([None, b"", b" ", b"\n", text.encode("utf-16"), text.encode("utf-16-le"),
                                   text.encode("utf-32"), gzip.compress(text.encode(), mtime=0), text + text,
                                   text + "\n" + text, text.replace('"', "'"), self.random.randbytes(50), b"\0" * 9])
