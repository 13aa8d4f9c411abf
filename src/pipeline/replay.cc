#include "pipeline/replay.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "config/fingerprint.h"

namespace tallymill {
namespace {

// A round that took no longer leaves so little that the daemon may wait for the rest.
constexpr Duration close_behind = std::chrono::seconds(4);

DrainLimits limits_of(const LiveStanding& standing) {
  DrainLimits limits;
  // Of a topic that is gone nothing is read. One that comes again is another, which the live one may not have seen.
  for (const Checkpoint& live : standing.checkpoints) {
    if (!is_closed(live.topic_id)) limits[live.where] = live.next_offset;
  }
  return limits;
}

}  // namespace

PipelineSpec shadow_of(const PipelineSpec& live, const std::string& aggregation,
                       std::optional<Timestamp> from) {
  PipelineSpec shadow = live;
  shadow.name = live.name + ".replay." + aggregation;
  shadow.shadow = true;
  shadow.renamed_from.reset();
  shadow.source.group_id += ".replay." + aggregation;
  std::erase_if(shadow.aggregations,
                [&](const AggregationSpec& one) { return one.name != aggregation; });
  shadow.aggregations.front().plan.table += "_replay";
  shadow.aggregations.front().plan.retention.reset();
  // Its records were judged before, and a lost one must not be passed over.
  shadow.max_dead_letter_ratio = 1;
  shadow.on_data_loss = OnDataLoss::stop;
  set_fingerprints(shadow);
  if (from) shadow.fingerprint = to_hex(digest_of(shadow.fingerprint + " from " + to_string(*from)));
  return shadow;
}

Result<std::int64_t> replay(const ReplayParts& parts) {
  for (std::int64_t round = 1;; ++round) {
    parts.progress(round);
    TRY_ASSIGN(const LiveStanding standing, parts.store.look());
    const SteadyTime began = parts.clock.steady_now();
    TRY(parts.count(limits_of(standing), standing.rejected));
    if (parts.clock.steady_now() - began <= close_behind) break;
  }
  TRY_ASSIGN(const LiveStanding standing, parts.store.hold());
  auto counted = parts.count(limits_of(standing), standing.rejected);
  if (!counted.ok()) {
    parts.store.let_go();
    return counted.error();
  }
  return parts.store.exchange();
}

}  // namespace tallymill
