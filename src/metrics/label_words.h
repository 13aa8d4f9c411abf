#pragma once

// What labels may be that only metrics have. Those that are met elsewhere, too, are in model/.

#include <array>
#include <string_view>

#include "model/word.h"

namespace tallymill {

inline constexpr std::array record_outcomes{
    Word{"used", "Decoded, and offered to each aggregation."},
    Word{"skipped", "Not meant to count: a tombstone, a lookup's `on_miss: drop`, or `on_error: skip`."},
    Word{"rejected", "It cannot be used: a dead letter."},
};

inline constexpr std::array aggregation_outcomes{
    Word{"folded", "Counted."},
    Word{"filtered", "Not what `where` asks for."},
    Word{"late", "Older than `late_after` allows: dropped, or a dead letter."},
};

// By Stage.
inline constexpr std::array stages{
    Word{"fold", "From the batch's first record to its cut. Most of it is the interval."},
    Word{"wait", "From the cut until the writer took the batch up."},
    Word{"upsert", "From the transaction's first statement to the last before COMMIT."},
    Word{"commit", "From COMMIT to its answer."},
};

// By PipelineState.
inline constexpr std::array pipeline_states{
    Word{"starting", "It compares configuration, tables, checkpoints and topics, or waits for one of them."},
    Word{"running", "It counts."},
    Word{"standby", "Another instance counts; this one is ready to take over."},
    Word{"paused", "Somebody paused it.", "`tallymill resume` lets it go on."},
    Word{"stopped", "A person has to act. `tallymill_pipeline_stopped` and the log name the code."},
};

inline constexpr std::array memory_owners{
    Word{"open_batch", "Groups and dead letters of the batch that grows."},
    Word{"cut_batch", "The same of the batch that is being committed."},
    Word{"prefetch", "Records that were fetched and not yet folded."},
    Word{"serialization", "Rows on their way to Postgres."},
    Word{"lookups", "Lookups."},
};

[[nodiscard]] consteval std::string_view memory_owner(std::string_view word) {
  return word_of(memory_owners, word);
}

}  // namespace tallymill
