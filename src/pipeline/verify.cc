#include "pipeline/verify.h"

#include <algorithm>
#include <utility>

#include "decode/lookup_file.h"
#include "pipeline/retry.h"
#include "pipeline/topics.h"

namespace tallymill {
namespace {

constexpr Duration ask_timeout = std::chrono::seconds(10);

Verdict not_verifiable(std::string why) {
  return {Verdict::Kind::not_verifiable, std::move(why)};
}

std::string span_text(const TopicPartition& where, Offset from, Offset to) {
  return where.topic + " partition " + std::to_string(where.partition.value()) + " [" + from.str() +
         ", " + to.str() + ")";
}

// The gap that a range of the batch begins with.
const Gap* gap_in(const LedgerBatch& batch, const BatchRange& range) {
  for (const Gap& gap : batch.gaps) {
    if (gap.where == range.where) return &gap;
  }
  return nullptr;
}

Offset start_of(const LedgerBatch& batch, const BatchRange& range) {
  const Gap* gap = gap_in(batch, range);
  return gap != nullptr && gap->to ? *gap->to : range.from;
}

void add(std::string& why, const std::string& part) {
  why += (why.empty() ? "" : "; ") + part;
}

void compare_count(std::string& why, const std::string& what, std::int64_t again,
                   std::int64_t stored) {
  if (again == stored) return;
  add(why, what + ": " + std::to_string(again) + ", the ledger says " + std::to_string(stored));
}

}  // namespace

std::optional<std::string> why_not_held(const LedgerBatch& batch,
                                        const std::vector<TopicInfo>& topics) {
  for (const BatchRange& range : batch.ranges) {
    const auto topic =
        std::find_if(topics.begin(), topics.end(),
                     [&](const TopicInfo& one) { return one.topic == range.where.topic; });
    if (topic == topics.end() || topic->id.empty()) {
      return "topic " + range.where.topic + " is gone";
    }
    if (topic->id != range.topic_id) {
      return "topic " + range.where.topic + " was deleted and made anew since";
    }
    const auto partition = std::find_if(
        topic->partitions.begin(), topic->partitions.end(),
        [&](const PartitionInfo& one) { return one.partition == range.where.partition; });
    const Offset start = start_of(batch, range);
    if (partition == topic->partitions.end()) {
      return "partition " + range.where.str() + " is gone";
    }
    if (start < partition->log_start && start < range.to) {
      return "retention took " +
             span_text(range.where, start, std::min(partition->log_start, range.to));
    }
    if (partition->end < range.to) {
      return "the log was cut: " + range.where.str() + " ends at " + partition->end.str();
    }
  }
  return std::nullopt;
}

Verdict compare_with_ledger(const PipelineSpec& spec, const LedgerBatch& stored,
                            const Batch& again) {
  int128 width = 0;
  for (const BatchRange& range : stored.ranges) {
    width += std::max<int128>(0, range.to.value() - range.from.value());
  }
  // Fewer than were read, and the ledger does not claim more than can have been there.
  if (again.counts.read < stored.counts.read && stored.counts.read <= width) {
    return not_verifiable("the topic holds " + std::to_string(again.counts.read) + " of the " +
                          std::to_string(stored.counts.read) +
                          " records that were read; compaction or an administrator removed the others");
  }
  for (const BatchRange& range : again.ranges) {
    const auto was = std::find_if(stored.ranges.begin(), stored.ranges.end(),
                                  [&](const BatchRange& one) { return one.where == range.where; });
    if (was == stored.ranges.end() || was->leader_epoch >= range.leader_epoch) continue;
    if (was->leader_epoch == LeaderEpoch()) continue;  // Not known then.
    // An offset's record changes its leader epoch only by being cut off and written anew.
    return not_verifiable("the log was cut and written anew: " + range.where.str() +
                          " holds other records below " + range.to.str() + " than then");
  }
  std::string why;
  compare_count(why, "records read", again.counts.read, stored.counts.read);
  compare_count(why, "used", again.counts.used, stored.counts.used);
  compare_count(why, "skipped", again.counts.skipped, stored.counts.skipped);
  compare_count(why, "rejected", again.counts.rejected, stored.counts.rejected);
  for (std::size_t i = 0; i < spec.aggregations.size(); ++i) {
    const std::string& name = spec.aggregations[i].name;
    const std::string of = "aggregation " + name;
    const auto counts = stored.aggregations.find(name);
    const auto digest = stored.table_digests.find(name);
    if (counts == stored.aggregations.end() || digest == stored.table_digests.end()) {
      add(why, of + ": the ledger row does not name it");
      continue;
    }
    const AggregationCounts& now = again.counts.aggregations[i];
    compare_count(why, of + " folded", now.folded, counts->second.folded);
    compare_count(why, of + " filtered", now.filtered, counts->second.filtered);
    compare_count(why, of + " late", now.late, counts->second.late);
    if (again.table_digests[i] != digest->second) add(why, of + ": other rows");
  }
  if (again.rejects_digest != stored.rejects_digest) add(why, "other rejects");
  if (why.empty() && again.digest != stored.digest) {
    why = "the ledger row itself was changed: its parts are as they were, its digest is not";
  }
  if (why.empty()) return {};
  return {Verdict::Kind::differs, std::move(why)};
}

Verifier::Verifier(RereadParts parts, Ledger& ledger, std::size_t workers)
    : spec_(parts.spec),
      source_(parts.source),
      ledger_(ledger),
      rereader_(std::move(parts), workers) {}

Result<Verdict> Verifier::verify(std::int64_t sequence) {
  TRY_ASSIGN(const std::optional<LedgerBatch> batch, ledger_.read(sequence));
  if (!batch) return not_verifiable("it is not in the ledger any more");
  if (batch->fingerprint != spec_.fingerprint) {
    return not_verifiable("it was counted with another configuration, of fingerprint " +
                          batch->fingerprint.substr(0, 12) + "; verify it with that one");
  }
  if (!batch->rejects_digest) {
    return not_verifiable("its ledger row holds no digests of its parts: an older version wrote it");
  }
  for (const Gap& gap : batch->gaps) {
    if (gap.to) continue;
    return not_verifiable("it went on behind a gap in " + gap.where.str() + " at " +
                          gap.from.str() + " (" + gap.cause + "), and where is not known");
  }
  for (const Gap& cut : batch->cuts) {
    return not_verifiable("the log was cut since: " + cut.where.str() + " at " + cut.from.str());
  }
  const std::vector<std::string> names = names_of(batch->ranges);
  TRY_ASSIGN(const auto topics, source_.describe(names, ask_timeout));
  if (auto why = why_not_held(*batch, topics)) return not_verifiable(*std::move(why));
  TRY_ASSIGN(Verdict verdict, read_again(*batch));
  // As R14: a topic that was made anew meanwhile is read on as if nothing had happened.
  TRY_ASSIGN(const auto ids, source_.topic_ids(names, ask_timeout));
  for (std::size_t i = 0; i < topics.size(); ++i) {
    if (ids[i] == topics[i].id) continue;
    return not_verifiable("topic " + topics[i].topic + " was deleted or made anew while it was read");
  }
  return verdict;
}

Result<Verdict> Verifier::read_again(const LedgerBatch& batch) {
  RereadOrder order;
  order.ranges = batch.ranges;
  for (const BatchRange& range : batch.ranges) order.starts.push_back(start_of(batch, range));
  order.refused = batch.refused;
  std::string why;
  TRY_ASSIGN(order.lookups, lookups_of(batch, why));
  if (!why.empty()) return not_verifiable(std::move(why));
  for (std::size_t i = 0; i < order.lookups.size(); ++i) {
    order.uses.push_back(
        {spec_.lookups[i].name, order.lookups[i]->content_hash(), order.lookups[i]});
  }
  const auto again = rereader_.read(order);
  if (again.ok() && batch.retries && !batch.retries->empty()) {
    return compare_with_ledger(spec_, batch, restrict_to(spec_, **again, *batch.retries));
  }
  if (again.ok()) return compare_with_ledger(spec_, batch, **again);
  if (again.error().reaction() == Reaction::retry) return again.error();
  if (again.error().code() == "not_held") return not_verifiable(again.error().message());
  return Verdict{Verdict::Kind::differs, "reading it again stops: " + again.error().message()};
}

Result<std::vector<std::shared_ptr<const LookupTable>>> Verifier::lookups_of(
    const LedgerBatch& batch, std::string& why) {
  std::vector<std::shared_ptr<const LookupTable>> tables;
  for (const LookupSpec& lookup : spec_.lookups) {
    const auto named = batch.lookups.find(lookup.name);
    if (named == batch.lookups.end()) {
      why = "its ledger row does not say which version of lookup " + lookup.name + " it used";
      return tables;
    }
    std::shared_ptr<const LookupTable>& known = tables_[lookup.name];
    if (!known || known->content_hash() != named->second) {
      const auto text = ledger_.lookup_contents(lookup.name, named->second);
      if (!text.ok() && text.error().reaction() == Reaction::retry) return text.error();
      if (text.ok() && !text.value()) {
        why = "the version of lookup " + lookup.name + " that it used is not kept any more";
        return tables;
      }
      why = "the stored version of lookup " + lookup.name + " is damaged";
      if (!text.ok()) return tables;
      auto table = parse_lookup(*text.value(), LookupFormat::csv, lookup.key, "lookup " + lookup.name,
                                Nulls::are_kept);
      if (!table.ok() || table.value()->content_hash() != named->second) return tables;
      why.clear();
      known = std::move(table).value();
    }
    for (const std::string& column : lookup.columns) {
      const auto& columns = known->columns();
      if (std::find(columns.begin(), columns.end(), column) != columns.end()) continue;
      why = "the stored version of lookup " + lookup.name + " has no column " + column;
      return tables;
    }
    tables.push_back(known);
  }
  return tables;
}

}  // namespace tallymill
