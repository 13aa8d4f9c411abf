#include "config/revision.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/digest.h"
#include "config/fingerprint.h"

namespace tallymill {
namespace {

template <class E>
std::string number_of(E value) {
  return std::to_string(static_cast<int>(value));
}

// The digits that tell it from every other number.
std::string shortest(double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

}  // namespace

std::string revision_of(const PipelineSpec& pipeline, std::string_view program) {
  std::string text = canonical_text(pipeline);
  const auto add = [&text](std::string_view name, const std::string& value) {
    text.append(name).append(" ").append(value).append("\n");
  };
  add("program", std::string(program));
  add("start", number_of(pipeline.source.start.kind) + " " +
                   std::to_string(pipeline.source.start.timestamp.microseconds()) + " " +
                   std::to_string(pipeline.source.start.ago.count()));
  add("group_id", pipeline.source.group_id);
  add("interval", std::to_string(pipeline.interval.count()));
  add("max_events", std::to_string(pipeline.max_events));
  add("on_data_loss", number_of(pipeline.on_data_loss));
  add("max_dead_letter_ratio", shortest(pipeline.max_dead_letter_ratio));
  add("max_bytes", std::to_string(pipeline.dead_letters.max_bytes));
  add("payload", number_of(pipeline.dead_letters.payload));
  add("dead_letters", std::to_string(pipeline.dead_letters.retention.count()));
  add("ledger", std::to_string(pipeline.ledger_retention.count()));
  std::vector<std::string> kept;
  for (const AggregationSpec& aggregation : pipeline.aggregations) {
    const auto& retention = aggregation.plan.retention;
    kept.push_back(aggregation.name + " " + (retention ? std::to_string(retention->count()) : "-"));
  }
  std::sort(kept.begin(), kept.end());
  for (const std::string& one : kept) add("retention", one);
  return to_hex(digest_of(text));
}

}  // namespace tallymill
