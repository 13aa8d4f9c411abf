#pragma once

// What becomes of batches, in the words of metrics, logs and the table of gaps.

#include <array>
#include <string_view>

#include "model/word.h"

namespace tallymill {

// Of one try to commit a batch, and of what was found out about one whose answer was lost.
inline constexpr std::array commit_outcomes{
    Word{"acked", "Postgres answered COMMIT: the batch is durable."},
    Word{"failed", "Certainly not applied; the same batch is tried again."},
    Word{"conflict", "Certainly not applied: checkpoints or lease are not as the batch expects. What follows "
                     "is found out under locks."},
    Word{"unknown", "The connection ended around COMMIT. What became of it is found out under locks."},
    Word{"committed", "Found out: the batch is in the ledger."},
    Word{"superseded", "Found out: another instance went on; the batch is dropped."},
    Word{"rewound", "Found out: the database stands at an earlier batch; the batch is dropped."},
    Word{"mixed", "Found out: some partitions stand further on, some further back; the batch is dropped."},
    Word{"rows_gone", "Found out: rows of checkpoints are gone; the batch is dropped."},
    Word{"refused", "Found out: another configuration or topic counts; the pipeline stops."},
    Word{"lease_lost", "Found out: another instance holds the pipeline; the batch is dropped."},
    Word{"refused_data", "Postgres refused values of the batch, or it timed out: its range is read again in "
                         "halves."},
    Word{"refused_merge", "Merging with a stored row left the range of a column; the pipeline stops."},
    Word{"stop", "Postgres refused the statement, or the batch could not be made; the pipeline stops."},
    Word{"topics_unknown", "Kafka did not say whether the topics still are the ones that were read; tried "
                           "again."},
    Word{"topic_changed", "A topic was deleted or made anew while it was read; the batch is dropped."},
};

// Why what is in memory was dropped, to be read again from the checkpoint.
inline constexpr std::array drop_causes{
    Word{"superseded", "Another instance went on from the batch's start.",
         "Nothing, unless it repeats: then see which other instance counts this pipeline."},
    Word{"rewound", "The database forgot batches that it had acknowledged: a failover, or a backup.",
         "Nothing for the counts. See whether a standby took over that was behind."},
    Word{"mixed", "Some checkpoints stand further on than expected, some further back."},
    Word{"rows_gone", "Rows of checkpoints were deleted."},
    Word{"lease_lost", "Another instance holds the pipeline.",
         "Nothing. If they take turns, see that both reach Postgres quickly, or raise `takeover`."},
    Word{"position_lost", "The topic does not hold the position that was read from."},
    Word{"command", "A command was given, such as `tallymill reset`.",
         "Nothing: it was followed."},
    Word{"topic_changed", "A topic was deleted or made anew.",
         "If nobody meant to, find out who did; the stop that follows names what is missing."},
    Word{"partition_stalled", "A partition that has records delivered none for `kafka.watchdog`.",
         "Nothing, unless it repeats: then see whether that partition has a leader."},
    Word{"database_refused", "Postgres refused values of the batch: it is read again in halves, until the "
                             "records that are to blame stand alone.",
         "Nothing: those become dead letters. `tallymill examine` shows what they hold."},
};

// Why records are in the table of gaps instead of being counted.
inline constexpr std::array gap_causes{
    Word{"retention", "The topic's retention, or somebody, deleted the records."},
    Word{"truncated", "The log was cut, and may have grown again since."},
    Word{"deleted", "The topic is gone."},
    Word{"recreated", "The topic was deleted and made anew, or lacks the partition."},
};

[[nodiscard]] consteval std::string_view commit_outcome(std::string_view word) {
  return word_of(commit_outcomes, word);
}
[[nodiscard]] consteval std::string_view drop_cause(std::string_view word) {
  return word_of(drop_causes, word);
}
[[nodiscard]] consteval std::string_view gap_cause(std::string_view word) {
  return word_of(gap_causes, word);
}

}  // namespace tallymill
