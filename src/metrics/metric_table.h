#pragma once

// The table of all metrics: the exposition takes names and help from it, the reference page the rest.
// To add one: a row in metric_table.cc, and its family in prometheus/families.cc.

#include <cstdint>
#include <span>
#include <string_view>

#include "model/word.h"

namespace tallymill {

enum class MetricKind : std::uint8_t { counter, gauge, histogram };

struct Metric {
  std::string_view name;
  MetricKind kind;
  std::string_view unit;    // "records", "seconds"
  std::string_view labels;  // "pipeline, outcome"; empty: none.
  std::string_view help;    // One sentence.
  std::span<const Word> words = {};  // All that the last label may be, where that is a closed list.
};

[[nodiscard]] std::span<const Metric> metric_table();
// REQUIRES: the table has it.
[[nodiscard]] const Metric& find_metric(std::string_view name);
// "counter"
[[nodiscard]] std::string_view to_string(MetricKind kind);

}  // namespace tallymill
