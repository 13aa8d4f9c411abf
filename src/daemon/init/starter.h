#pragma once

// The text of a starter file: YAML with comments, for a person to go on from.

#include <optional>
#include <string>

#include "daemon/init/proposal.h"

namespace tallymill {

struct StarterInput {
  std::string kafka;   // The section, as kafka_section() or copy_kafka_section() make it.
  std::string topic;   // Empty: a name stands in for it.
  std::string name;    // Of the pipeline; empty: made of the topic's.
  std::string file;    // What the file will be called, for the commands at its end.
  std::string from;    // "the last records of ad-events", of what the proposal was made.
  std::optional<Proposal> proposal;  // Nothing: a general one.
};

// What passes `check` as long as kafka, topic and name do: nothing else of the input is taken for
// anything but text.
[[nodiscard]] std::string starter_text(const StarterInput& input);

// The section of a cluster that wants no more than its addresses. REQUIRES: no control characters.
[[nodiscard]] std::string kafka_section(const std::string& brokers);

}  // namespace tallymill
