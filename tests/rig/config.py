"""Configurations for tests."""

import textwrap


def with_head(pipelines: str, *, head: str = "", kafka: str = "", postgres: str = "") -> str:
    """Returns a whole configuration: the connection settings, then what the test is about. More keys
    of the sections kafka and postgres, and whole sections, are given as YAML."""
    return (
        'kafka:\n  brokers: "${KAFKA_BROKERS}"\n' + _indented(kafka, 2) +
        'postgres:\n  dsn: "${POSTGRES_DSN}"\n' + _indented(postgres, 2) +
        'http: {port: "${HTTP_PORT}"}\n' + _indented(head, 0) + _indented(pipelines, 0))


def counts(topic: str, *, name: str = "counts", table: str = "counts", pipeline: str = "",
           source: str = "", columns: str = "", interval: str = "200ms", **sections) -> str:
    """Returns the configuration that most tests use: per key, how many events, the sum of their
    amounts, the greatest and the last. More keys of the pipeline, of its source and more columns are
    given as YAML, and sections as in with_head()."""
    start = "" if "start:" in source else "      start: earliest\n"
    return with_head(
        f"pipelines:\n"
        f"  {name}:\n"
        f"    source:\n"
        f"      topics: [{topic}]\n"
        f"{start}{_indented(source, 6)}"
        f"      fields: {{key: string, amount: int}}\n"
        f"    interval: {interval}\n"
        f"{_indented(pipeline, 4)}"
        f"    aggregations:\n"
        f"      {table}:\n"
        f"        group_by: [key]\n"
        f"        columns:\n"
        f"          n: count()\n"
        f"          total: sum(amount)\n"
        f"          biggest: max(amount)\n"
        f"          latest: last(amount)\n"
        f"{_indented(columns, 10)}", **sections)


def _indented(text: str, width: int) -> str:
    text = textwrap.dedent(text).strip("\n")
    return textwrap.indent(text, " " * width) + "\n" if text else ""
