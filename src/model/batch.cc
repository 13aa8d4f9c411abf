#include "model/batch.h"

namespace tallymill {

std::optional<std::string> BatchCounts::imbalance() const {
  if (read != used + skipped + rejected) {
    return "read " + std::to_string(read) + " is not used " + std::to_string(used) + " + skipped " +
           std::to_string(skipped) + " + rejected " + std::to_string(rejected);
  }
  for (std::size_t i = 0; i < aggregations.size(); ++i) {
    const AggregationCounts& counts = aggregations[i];
    if (used == counts.folded + counts.filtered + counts.late) continue;
    return "aggregation " + std::to_string(i + 1) + ": used " + std::to_string(used) +
           " is not folded " + std::to_string(counts.folded) + " + filtered " +
           std::to_string(counts.filtered) + " + late " + std::to_string(counts.late);
  }
  return std::nullopt;
}

void BatchCounts::add(const BatchCounts& other) {
  read += other.read;
  used += other.used;
  skipped += other.skipped;
  rejected += other.rejected;
  unusable += other.unusable;
  if (aggregations.size() < other.aggregations.size()) {
    aggregations.resize(other.aggregations.size());
  }
  for (std::size_t i = 0; i < other.aggregations.size(); ++i) {
    aggregations[i].folded += other.aggregations[i].folded;
    aggregations[i].filtered += other.aggregations[i].filtered;
    aggregations[i].late += other.aggregations[i].late;
  }
}

}  // namespace tallymill
