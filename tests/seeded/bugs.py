"""The bugs, as the source lists them, and the tests that are likely to notice each."""

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Bug:
    number: int
    name: str
    what: str
    programs: tuple[str, ...]  # Test programs that need no more than a Postgres of their own.
    live: tuple[str, str]      # With the daemon: a folder of pytest's, and what -k chooses there.


# name: (programs, live)
HUNTS = {
    "rows_of_cas_not_counted": (("integration_commit_test",), ("faults", "test_03")),
    "commit_judged_by_status": (("integration_commit_test",), ("faults", "test_06 or test_14")),
    "unknown_taken_for_committed": (("integration_commit_test", "integration_resolve_test"), ("faults", "test_06")),
    "checkpoint_read_unlocked": (("integration_resolve_test",), ("faults", "test_07")),
    "rewind_taken_for_rival": (("integration_resolve_test",), ("faults", "test_11")),
    "fenced_partition_merged": (("integration_commit_test",), ("faults", "test_03 or test_41")),
    "group_offsets_decide": (("unit_source",), ("system", "group_offsets")),
    "position_resets_itself": (("unit_source",), ("faults", "test_24")),
    "partition_errors_ignored": (("unit_source",), ("faults", "test_24")),
    "new_partitions_at_latest": (("unit_pipeline", "pipeline_tests"), ("system", "partitions_added")),
    "topic_known_by_name": (("unit_pipeline", "pipeline_tests"), ("faults", "test_26")),
    "old_messages_counted": (("pipeline_tests",), ("faults", "test_27 or test_11")),
    "state_outlives_assignment": (("pipeline_tests",), ("faults", "test_11 or test_14")),
    "postgres_without_deadline": (("integration_resolve_test",), ("faults", "test_07 or test_16")),
    "checkpoint_off_by_one": (("pipeline_tests",), ("system", "drain")),
    "offsets_taken_for_dense": (("pipeline_tests",), ("system", "transactions")),
    "unknown_errors_blame_data": (("unit_sink",), ("faults", "test_18")),
    "text_ends_at_nul": (("unit_decode",), ("system", "hostile")),
    "time_divided_toward_zero": (("unit_model",), ("system", "hostile")),
    "integers_through_doubles": (("unit_decode",), ("system", "hostile")),
    "changed_config_goes_on": (("unit_config",), ("faults", "test_41")),
    "new_part_drops_for_all": (("unit_config",), ("system", "what_is_counted_more")),
    "rejected_reload_in_force": (("unit_daemon",), ("system", "what_a_start_would_refuse")),
    "lookup_named_late": (("pipeline_tests",), ("system", "name_their_versions or the_ledger_says_which")),
    "closed_topic_forgotten": (("unit_pipeline",), ("system", "topic_recreated")),
    "newer_schema_accepted": (("integration_migrate_test", "integration_open_test"), ("system", "an_older_program")),
}

# What can only be put in once partitions are assigned by Kafka's group protocol.
WAITING = {
    12: ("revoked_partition_counted", "Messages of a partition that was revoked meanwhile are counted."),
    14: ("rebalance_waits_for_postgres", "A wait for Postgres holds up the polls that keep the group's membership."),
}

ENTRY = re.compile(r'SeededBug\{Bug::\w+, (\d+), "(\w+)",\s+"([^"]+)"\}')


def all_bugs() -> list[Bug]:
    listed = ENTRY.findall((ROOT / "src/base/seeded_bug.h").read_text())
    names = [name for _, name, _ in listed]
    if sorted(names) != sorted(HUNTS):
        raise SystemExit(f"src/base/seeded_bug.h and tests/seeded/bugs.py differ: {set(names) ^ set(HUNTS)}")
    return [Bug(int(number), name, what, *HUNTS[name]) for number, name, what in listed]


if __name__ == "__main__":
    print(*sorted({program for bug in all_bugs() for program in bug.programs}))
