#pragma once

// Which topics a pipeline reads: those it names, those that match its patterns now, and those it has
// read, wherever they are by now.

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "config/spec.h"
#include "model/batch.h"
#include "source/source.h"

namespace tallymill {

// What patterns may find: a partition takes about 8 KiB beside its records, and nobody counts them
// beforehand (promise P4).
inline constexpr std::size_t most_matched_partitions = 5'000;

// Asks the source for them. A topic that is named or was read and does not exist has an empty id and no
// partitions. Fails with Reaction::stop and code "too_many_partitions" if patterns match too much. Waits
// at most `timeout` for each of two answers.
[[nodiscard]] Result<std::vector<TopicInfo>> find_topics(const SourceSpec& spec,
                                                         const std::vector<Checkpoint>& read,
                                                         Source& source, Duration timeout);

// What is not there, in words, of what is named and of what patterns should find: "topic ads does not
// exist", "no topic matches '^ads-.*' yet". Empty if nothing is missing.
[[nodiscard]] std::string missing_topic(const SourceSpec& spec, const std::vector<TopicInfo>& topics);

// For who does not wait: as find_topics(), of a pipeline that has read nothing. Fails with
// Reaction::stop and code "topic_missing" if something is.
[[nodiscard]] Result<std::vector<TopicInfo>> find_all_topics(const SourceSpec& spec, Source& source,
                                                             Duration timeout);

// The topics' names, each once.
[[nodiscard]] std::vector<std::string> names_of(const std::vector<Checkpoint>& checkpoints);
[[nodiscard]] std::vector<std::string> names_of(const std::vector<BatchRange>& ranges);

}  // namespace tallymill
