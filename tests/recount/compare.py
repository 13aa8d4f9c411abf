"""Comparing counted rows with a table, row by row and column by column."""

import datetime
import decimal

import psycopg
from psycopg import sql

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MICROSECOND = datetime.timedelta(microseconds=1)


def plain(value):
    """Times become milliseconds, exactly; everything else stays as it is."""
    if isinstance(value, datetime.datetime):
        microseconds = (value - EPOCH) // MICROSECOND
        return microseconds // 1000 if microseconds % 1000 == 0 else decimal.Decimal(microseconds) / 1000
    return value


def read_table(dsn: str, table: str, key: list[str], columns: list[str]) -> dict:
    """Returns key: values. Raises if one key comes twice."""
    query = sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(map(sql.Identifier, key + columns)),
        sql.Identifier(*table.split(".")))
    rows = {}
    with psycopg.connect(dsn) as connection:
        for row in connection.execute(query):
            row = tuple(map(plain, row))
            if row[:len(key)] in rows:
                raise AssertionError(f"{table}: key {row[:len(key)]} is there twice")
            rows[row[:len(key)]] = row[len(key):]
    return rows


def same(stored, counted) -> bool:
    if stored is None or counted is None:
        return stored is counted
    if isinstance(counted, float) or isinstance(stored, float):
        return abs(float(stored) - float(counted)) <= 1e-9 * max(1.0, abs(float(counted)))
    if isinstance(counted, decimal.Decimal) and isinstance(stored, decimal.Decimal):
        # A quotient is stored rounded to as many places as Postgres chose; a sum keeps all places.
        places = decimal.Decimal(1).scaleb(stored.as_tuple().exponent)
        if counted == stored:
            return True
        return -stored.as_tuple().exponent >= 16 and \
            counted.quantize(places, rounding=decimal.ROUND_HALF_UP) == stored
    return stored == counted


def differences(stored: dict, counted: dict, columns: list[str], same=same) -> list[str]:
    """A full outer join: a line for each row that is on one side only or not the same on both."""
    found = []
    for key in sorted(stored.keys() | counted.keys(), key=repr):
        if key not in stored:
            found.append(f"{key}: missing in the table; counted {dict(zip(columns, counted[key]))}")
        elif key not in counted:
            found.append(f"{key}: too much in the table: {dict(zip(columns, stored[key]))}")
        else:
            wrong = [f"{name} is {have}, counted {want}" for name, have, want
                     in zip(columns, stored[key], counted[key]) if not same(have, want)]
            if wrong:
                found.append(f"{key}: " + "; ".join(wrong))
    return found
