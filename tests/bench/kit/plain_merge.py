"""What Postgres takes for as many rows when somebody merges them by hand: COPY into a staging table and one
INSERT ... ON CONFLICT, committed, on a copy of the daemon's own table."""

import statistics
import time

import psycopg

ROUNDS = 5


def seconds(dsn: str, table: str) -> float:
    """Updates every row of a copy of the table, several times. Returns the median of the seconds."""
    took = []
    with psycopg.connect(dsn, autocommit=True) as database:
        database.execute(f"CREATE TABLE merged (LIKE {table} INCLUDING ALL) WITH (fillfactor = 70)")
        database.execute(f"INSERT INTO merged SELECT * FROM {table}")
        database.execute("CREATE UNLOGGED TABLE staging AS SELECT * FROM merged WITH NO DATA")
        database.execute("VACUUM ANALYZE merged")
        rows = database.cursor().copy(f"COPY (SELECT * FROM {table} ORDER BY 1, 2) TO STDOUT")
        with rows as copy:
            lines = b"".join(copy)
        for _ in range(ROUNDS):
            began = time.monotonic()
            with database.transaction(), database.cursor() as cursor:
                cursor.execute("TRUNCATE staging")
                with cursor.copy("COPY staging FROM STDIN") as copy:
                    copy.write(lines)
                cursor.execute(merge_sql(database, table))
            took.append(time.monotonic() - began)
        database.execute("DROP TABLE merged, staging")
    return round(statistics.median(took), 3)


def merge_sql(database, table: str) -> str:
    """Adds every column that is no key to what is there."""
    columns, keys = database.execute(
        "SELECT array_agg(quote_ident(attname) ORDER BY attnum) FILTER (WHERE NOT attnum = ANY(indkey)), "
        "array_agg(quote_ident(attname)) FILTER (WHERE attnum = ANY(indkey)) "
        "FROM pg_index JOIN pg_attribute ON attrelid = indrelid "
        "WHERE indrelid = %s::regclass AND indisunique AND attnum > 0 AND NOT attisdropped", [table]).fetchone()
    added = ", ".join(f"{name} = m.{name} + EXCLUDED.{name}" for name in columns)
    return (f"INSERT INTO merged AS m SELECT * FROM staging ON CONFLICT ({', '.join(keys)}) "
            f"DO UPDATE SET {added}")
