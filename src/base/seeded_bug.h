#pragma once

// Bugs put in on purpose, one at a time, to test the tests: a suite that stays green with one of them
// could not be believed without it. Only the preset `seeded` compiles them in; in every other build
// seeded() is false at compile time and nothing is left of them.
//
// TALLYMILL_SEEDED_BUG=name chooses one; tests/seeded/run goes through all.

#include <array>
#include <cstdint>
#include <string_view>

namespace tallymill {

enum class Bug : std::uint8_t {
  rows_of_cas_not_counted,
  commit_judged_by_status,
  unknown_taken_for_committed,
  checkpoint_read_unlocked,
  rewind_taken_for_rival,
  fenced_partition_merged,
  group_offsets_decide,
  position_resets_itself,
  partition_errors_ignored,
  new_partitions_at_latest,
  topic_known_by_name,
  old_messages_counted,
  state_outlives_assignment,
  postgres_without_deadline,
  checkpoint_off_by_one,
  offsets_taken_for_dense,
  unknown_errors_blame_data,
  text_ends_at_nul,
  time_divided_toward_zero,
  integers_through_doubles,
  changed_config_goes_on,
  new_part_drops_for_all,
  rejected_reload_in_force,
  lookup_named_late,
  closed_topic_forgotten,
  newer_schema_accepted,
};

struct SeededBug {
  Bug bug;
  int number;  // Of the list of mistakes that this kind of program invites; a few have two forms.
  std::string_view name;
  std::string_view what;
};

inline constexpr std::array seeded_bugs{
    SeededBug{Bug::rows_of_cas_not_counted, 1, "rows_of_cas_not_counted",
              "The compare-and-set is sent, but nobody looks how many rows it changed."},
    SeededBug{Bug::commit_judged_by_status, 2, "commit_judged_by_status",
              "COMMIT counts as done because its status is OK, whatever its tag says."},
    SeededBug{Bug::unknown_taken_for_committed, 3, "unknown_taken_for_committed",
              "A COMMIT whose answer was lost counts as done."},
    SeededBug{Bug::checkpoint_read_unlocked, 4, "checkpoint_read_unlocked",
              "After a lost answer the checkpoint is read without a lock, while the COMMIT may still be in flight."},
    SeededBug{Bug::rewind_taken_for_rival, 5, "rewind_taken_for_rival",
              "A checkpoint lower than expected is taken for another instance's work, not for a failover."},
    SeededBug{Bug::fenced_partition_merged, 6, "fenced_partition_merged",
              "A batch is committed whole although one of its partitions stands elsewhere."},
    SeededBug{Bug::group_offsets_decide, 7, "group_offsets_decide",
              "Reading starts at the group's offset in Kafka, once there is one."},
    SeededBug{Bug::position_resets_itself, 8, "position_resets_itself",
              "A position that is gone moves to the end of the log by itself."},
    SeededBug{Bug::partition_errors_ignored, 9, "partition_errors_ignored",
              "What the consumer says is wrong with a partition is passed over."},
    SeededBug{Bug::new_partitions_at_latest, 10, "new_partitions_at_latest",
              "With `start: latest` a partition that appears later starts at its end, too."},
    SeededBug{Bug::topic_known_by_name, 11, "topic_known_by_name",
              "A topic is the same as long as its name is."},
    SeededBug{Bug::old_messages_counted, 12, "old_messages_counted",
              "Messages fetched under an earlier assignment are counted."},
    SeededBug{Bug::state_outlives_assignment, 13, "state_outlives_assignment",
              "What was folded stays when partitions are given up and taken again."},
    SeededBug{Bug::postgres_without_deadline, 14, "postgres_without_deadline",
              "Waiting for Postgres has no deadline of our own."},
    SeededBug{Bug::checkpoint_off_by_one, 15, "checkpoint_off_by_one",
              "The checkpoint is the offset of the last record, not of the next one."},
    SeededBug{Bug::offsets_taken_for_dense, 16, "offsets_taken_for_dense",
              "Control records do not count as read, so a transactional topic never ends."},
    SeededBug{Bug::unknown_errors_blame_data, 17, "unknown_errors_blame_data",
              "An error of Postgres without a class of its own is taken for the record's fault."},
    SeededBug{Bug::text_ends_at_nul, 18, "text_ends_at_nul",
              "Text ends at its first NUL character, so two keys become one."},
    SeededBug{Bug::time_divided_toward_zero, 19, "time_divided_toward_zero",
              "Windows before 1970 are rounded toward zero."},
    SeededBug{Bug::integers_through_doubles, 19, "integers_through_doubles",
              "Integers pass through a double on their way."},
    SeededBug{Bug::changed_config_goes_on, 20, "changed_config_goes_on",
              "A configuration that counts otherwise goes on where the old one stopped."},
    SeededBug{Bug::new_part_drops_for_all, 21, "new_part_drops_for_all",
              "A column may be added although its lookup takes records away from the columns that were there."},
    SeededBug{Bug::rejected_reload_in_force, 22, "rejected_reload_in_force",
              "A reload is put into force although its pipelines could not start."},
    SeededBug{Bug::lookup_named_late, 23, "lookup_named_late",
              "A batch names the contents of lookups that the next batch is folded with."},
    SeededBug{Bug::closed_topic_forgotten, 24, "closed_topic_forgotten",
              "A topic that was never deleted, whatever a broker said, is counted from its first record again."},
    SeededBug{Bug::newer_schema_accepted, 25, "newer_schema_accepted",
              "A program works with tables of its own schema that a newer one made."},
};

#ifdef TALLYMILL_SEEDED_BUGS
// Thread-safe. The environment is read once; a name that is not in the table ends the process.
[[nodiscard]] bool seeded(Bug bug);
#else
[[nodiscard]] constexpr bool seeded(Bug /*bug*/) { return false; }
#endif

}  // namespace tallymill
