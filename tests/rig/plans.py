"""What `plan` says, what a database holds, and pipelines that have counted something."""

import json

from rig import config


def catalog(database) -> set:
    """Returns every relation and column that is not Postgres's own, with what makes it what it is."""
    return set(database.query(
        "SELECT n.nspname, c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
        "a.attgenerated, pg_get_expr(d.adbin, d.adrelid), c.relacl::text FROM pg_class c JOIN pg_namespace n ON "
        "n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT "
        "a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
        "WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"))


def stored(database) -> list:
    tables = database.query("SELECT schemaname || '.' || relname FROM pg_stat_user_tables ORDER BY 1")
    return [(table, database.query(f"SELECT xmin::text, t::text FROM {table} t ORDER BY ctid")) for (table,) in tables]


def plan(daemon, database, code):
    """Returns the plan, having seen that it changes nothing."""
    before = catalog(database)
    rows = stored(database) if daemon.process is None or not daemon.process.running() else None
    done = daemon.command("plan", "--json", daemon.config)
    assert done.returncode == code, done
    assert catalog(database) == before
    assert rows is None or stored(database) == rows
    return json.loads(done.stdout)


def items(found) -> list:
    return [(item["do"], item["what"].split(":")[0], item["code"]) for part in found["parts"] for item in part["items"]]


def statements(found) -> str:
    return "".join(item["sql"] for part in found["parts"] for item in part["items"])


def notes(found) -> list:
    return [note for part in found["parts"] for item in part["items"] for note in item["notes"]]


def send(producer, topic, count, key="a"):
    for i in range(count):
        producer.send(topic, {"key": key, "amount": i}, partition=i % 2)
    producer.flush()


def count_and_stop(make_daemon, topic, producer, oracle, **sections):
    daemon = make_daemon(config.counts(topic, **sections)).start().wait_ready()
    send(producer, topic, 20)
    oracle.check(least=20)
    assert daemon.stop() == 0
    return daemon


def columns_of(rows) -> set:
    return {(schema, table, column) for schema, table, kind, column, *_ in rows if kind == "r"}
