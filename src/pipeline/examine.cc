#include "pipeline/examine.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tallymill {
namespace {

constexpr Duration fetch_wait = std::chrono::milliseconds(100);

OwnedRecord owned(const TopicPartition& where, const Record& record) {
  OwnedRecord copy{where, record.offset, record.timestamp, std::nullopt, std::nullopt, {}};
  if (record.key) copy.key = std::string(*record.key);
  if (record.value) copy.value = std::string(*record.value);
  if (record.headers == nullptr) return copy;
  std::vector<Header> headers;
  record.headers->read(record.native, headers);
  for (const Header& header : headers) {
    copy.headers.emplace_back(std::string(header.name),
                              header.value ? std::optional<std::string>(*header.value) : std::nullopt);
  }
  return copy;
}

Examined judged(const PipelineSpec& spec, const OwnedRecord& record, const Batch& batch) {
  Examined examined{record.where, record.offset, "used", "", {}};
  if (batch.counts.skipped > 0) examined.fate = "skipped";
  if (batch.counts.rejected > 0) examined.fate = "rejected";
  for (const DeadLetter& letter : batch.dead_letters) {
    const std::string of = letter.aggregation.empty() ? "" : " (" + letter.aggregation + ")";
    examined.why += (examined.why.empty() ? "" : "; ") + letter.reason + of + ": " + letter.message;
  }
  for (std::size_t i = 0; i < spec.aggregations.size(); ++i) {
    if (batch.counts.aggregations[i].folded > 0) {
      examined.tables.push_back(spec.aggregations[i].name);
    }
  }
  return examined;
}

}  // namespace

Result<std::vector<OwnedRecord>> read_records(Source& source,
                                              const std::vector<Checkpoint>& positions,
                                              std::size_t most, const Clock& clock,
                                              Duration patience) {
  Assignment assignment;
  assignment.epoch = AssignmentEpoch(1);
  for (const Checkpoint& position : positions) {
    assignment.partitions.push_back({position.where, position.next_offset, LeaderEpoch(), 0});
  }
  TRY(source.assign(assignment));
  std::vector<OwnedRecord> records;
  std::vector<std::size_t> counts(positions.size(), 0);
  std::vector<bool> over(positions.size(), most == 0);
  const SteadyTime until = clock.steady_now() + patience;
  Chunk chunk;
  while (std::find(over.begin(), over.end(), false) != over.end() && clock.steady_now() < until) {
    chunk.records.clear();
    chunk.reached.clear();
    source.fetch(0, most, fetch_wait, chunk);
    for (const Record& record : chunk.records) {
      const std::size_t i = record.source_partition;
      if (over[i]) continue;
      records.push_back(owned(positions[i].where, record));
      over[i] = ++counts[i] >= most;
    }
    for (const Chunk::Reached& reached : chunk.reached) over[reached.source_partition] = true;
    chunk.holder.reset();
    for (const SourceEvent& event : source.poll_events(Duration::zero())) {
      if (event.error.reaction() == Reaction::stop) return event.error;
    }
  }
  std::sort(records.begin(), records.end(), [](const OwnedRecord& a, const OwnedRecord& b) {
    return std::tie(a.where, a.offset) < std::tie(b.where, b.offset);
  });
  return records;
}

Result<void> examine(RereadParts parts, const LookupTables& lookups,
                     const std::vector<OwnedRecord>& records, Rehearsal& rehearsal,
                     const std::function<void(const Examined&)>& say) {
  const PipelineSpec& spec = parts.spec;
  RecordSource source;
  Rereader rereader({parts.spec, parts.clock, source, std::move(parts.make_decoder),
                     std::move(parts.make_evaluator)});
  for (const OwnedRecord& record : records) {
    source.hold(record);
    RereadOrder order;
    BatchRange range;
    range.where = record.where;
    range.from = record.offset;
    range.to = record.offset.next();
    order.ranges = {range};
    order.starts = {range.from};
    order.lookups = lookups;
    const auto batch = rereader.read(order);
    if (!batch.ok()) {
      say({record.where, record.offset, "stops", batch.error().message(), {}});
      continue;
    }
    Examined examined = judged(spec, record, **batch);
    TRY_ASSIGN(const auto refused, rehearsal.refusal(**batch));
    if (refused) {
      examined.fate = "refused";
      examined.tables.clear();
      examined.why = refused->message();
    }
    say(examined);
  }
  return {};
}

}  // namespace tallymill
