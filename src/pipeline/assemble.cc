#include "pipeline/assemble.h"

#include <algorithm>
#include <cstdio>
#include <tuple>
#include <utility>

#include "pipeline/digest.h"

namespace tallymill {
namespace {

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", share * 100);
  return text;
}

Error too_many_rejects(const PipelineSpec& spec, const UnusableByReason& unusable, double share) {
  std::vector<std::pair<std::int64_t, std::string>> top;
  for (const auto& [reason, those] : unusable) {
    top.emplace_back(those.count, std::string(reason) + " (" + those.example + ")");
  }
  std::sort(top.rbegin(), top.rend());
  if (top.size() > 3) top.resize(3);
  std::string message = percent(share) + " of the last records were rejected, more than " +
                        "max_dead_letter_ratio allows (" + percent(spec.max_dead_letter_ratio) +
                        "); nothing of this batch was written.";
  if (!top.empty()) message += " Top reasons:";
  for (const auto& [count, reason] : top) message += " " + std::to_string(count) + "x " + reason + ";";
  message += " correct the producer or a lookup, then tallymill resume; or raise max_dead_letter_ratio, then "
             "tallymill reload";
  return {Reaction::stop, "dead_letter_ratio", std::move(message)};
}

void add_up(UnusableByReason& sum, const UnusableByReason& part) {
  for (const auto& [reason, those] : part) {
    Unusable& same = sum[reason];
    if (same.count == 0) same.example = those.example;
    same.count += those.count;
  }
}

}  // namespace

Result<std::shared_ptr<const Batch>> assemble(const PipelineSpec& spec, std::vector<Part> parts,
                                              CutContext context) {
  auto batch = std::make_shared<Batch>();
  batch->sequence = context.sequence;
  batch->id = std::move(context.id);
  batch->fingerprint = spec.fingerprint;
  batch->gaps = std::move(context.gaps);
  batch->ranges = std::move(context.closing);
  batch->lookups = std::move(context.lookups);
  batch->timings = context.timings;
  batch->counts.aggregations.resize(spec.aggregations.size());

  UnusableByReason unusable;
  for (Part& part : parts) {
    batch->counts.add(part.counts);
    add_up(unusable, part.unusable);
    widen(batch->min_event_time, batch->max_event_time, part.min_event_time, part.max_event_time);
    widen(batch->min_record_time, batch->max_record_time, part.min_record_time, part.max_record_time);
    batch->record_times.add(part.record_times);
    batch->event_times.add(part.event_times);
    std::move(part.ranges.begin(), part.ranges.end(), std::back_inserter(batch->ranges));
    std::move(part.gaps.begin(), part.gaps.end(), std::back_inserter(batch->gaps));
    std::move(part.dead_letters.begin(), part.dead_letters.end(),
              std::back_inserter(batch->dead_letters));
    batch->refused.merge(part.refused);
  }
  if (const auto imbalance = batch->counts.imbalance()) {
    return Error(Reaction::stop, "unbalanced",
                 "the batch's own books do not balance: " + *imbalance +
                     "; nothing was written. Please report this");
  }
  const double share = context.before.with(batch->counts);
  if (share > spec.max_dead_letter_ratio) return too_many_rejects(spec, unusable, share);

  for (std::size_t i = 0; i < spec.aggregations.size(); ++i) {
    // Into the largest, so that the fewest groups move.
    const auto largest = std::max_element(
        parts.begin(), parts.end(),
        [i](const Part& a, const Part& b) { return a.tables[i].groups() < b.tables[i].groups(); });
    for (auto part = parts.begin(); part != parts.end(); ++part) {
      if (part != largest) largest->tables[i].merge(std::move(part->tables[i]));
    }
    batch->rows.push_back(GroupTable::into_rows(std::move(largest->tables[i])));
  }
  std::sort(batch->ranges.begin(), batch->ranges.end(),
            [](const BatchRange& a, const BatchRange& b) { return a.where < b.where; });
  std::sort(batch->dead_letters.begin(), batch->dead_letters.end(),
            [](const DeadLetter& a, const DeadLetter& b) {
              return std::tie(a.where, a.offset, a.aggregation) <
                     std::tie(b.where, b.offset, b.aggregation);
            });
  for (const auto& rows : batch->rows) batch->table_digests.push_back(rows_digest(*rows));
  batch->rejects_digest = rejects_digest(batch->dead_letters);
  batch->digest = batch_digest(*batch);
  return std::shared_ptr<const Batch>(std::move(batch));
}

}  // namespace tallymill
