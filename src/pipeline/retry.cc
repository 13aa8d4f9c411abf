#include "pipeline/retry.h"

#include <algorithm>
#include <utility>

#include "aggregate/group_table.h"
#include "pipeline/digest.h"

namespace tallymill {
namespace {

constexpr Duration ask_timeout = std::chrono::seconds(10);

RereadParts with_source(RereadParts parts, Source& source) {
  return {parts.spec, parts.clock, source, std::move(parts.make_decoder),
          std::move(parts.make_evaluator)};
}

RetryOutcome still_rejected(std::string why) {
  return {RetryOutcome::Kind::still_rejected, std::move(why)};
}

// Why the record would be rejected again; nothing if it would not.
std::optional<std::string> why_rejected(const PipelineSpec& spec, const Batch& batch,
                                        const std::string& aggregation) {
  for (const DeadLetter& letter : batch.dead_letters) {
    if (letter.aggregation.empty() || letter.aggregation == aggregation) {
      return letter.reason + ": " + letter.message;
    }
  }
  if (batch.counts.unusable > 0) return "it would be skipped for its error, as on_error says";
  for (std::size_t i = 0; i < spec.aggregations.size(); ++i) {
    if (spec.aggregations[i].name != aggregation || batch.counts.aggregations[i].late == 0) continue;
    return "it is late, and late: drop would leave it out";
  }
  return std::nullopt;
}

}  // namespace

Batch restrict_to(const PipelineSpec& spec, const Batch& batch, const std::string& aggregation) {
  Batch restricted = batch;
  std::erase_if(restricted.dead_letters, [&](const DeadLetter& letter) {
    return !letter.aggregation.empty() && letter.aggregation != aggregation;
  });
  for (std::size_t i = 0; i < spec.aggregations.size(); ++i) {
    if (spec.aggregations[i].name == aggregation) continue;
    restricted.counts.aggregations[i] = {0, batch.counts.used, 0};
    restricted.rows[i] = GroupTable::into_rows(GroupTable(spec.aggregations[i]));
    restricted.table_digests[i] = rows_digest(*restricted.rows[i]);
  }
  restricted.rejects_digest = rejects_digest(restricted.dead_letters);
  restricted.digest = batch_digest(restricted);
  return restricted;
}

Retrier::Retrier(RereadParts parts, DeadLetterStore& letters, const LookupTables& lookups)
    : spec_(parts.spec),
      source_(parts.source),
      letters_(letters),
      from_kept_(with_source(parts, kept_)),
      from_source_(parts) {
  order_.lookups = lookups;
  for (std::size_t i = 0; i < lookups.size(); ++i) {
    order_.uses.push_back({spec_.lookups[i].name, lookups[i]->content_hash(), lookups[i]});
  }
}

Result<RetryOutcome> Retrier::retry(const StoredLetter& letter) {
  const std::string& aggregation = letter.letter.aggregation;
  const bool known =
      aggregation.empty() ||
      std::any_of(spec_.aggregations.begin(), spec_.aggregations.end(),
                  [&](const AggregationSpec& one) { return one.name == aggregation; });
  if (!known) return still_rejected("there is no aggregation " + aggregation + " any more");
  std::string why;
  const auto folded = fold(letter, why);
  if (!why.empty()) return RetryOutcome{RetryOutcome::Kind::gone, std::move(why)};
  if (!folded.ok() && folded.error().reaction() == Reaction::retry) return folded.error();
  if (!folded.ok()) return still_rejected(folded.error().message());
  Batch batch = aggregation.empty() ? **folded : restrict_to(spec_, **folded, aggregation);
  if (batch.counts.read == 0) {
    return RetryOutcome{RetryOutcome::Kind::gone, "the topic no longer holds the record"};
  }
  if (auto rejected = why_rejected(spec_, batch, aggregation)) return still_rejected(*rejected);
  batch.retries = aggregation;
  TRY_ASSIGN(const RetryResult result, letters_.retry(letter, std::move(batch)));
  switch (result.kind) {
    case RetryResult::Kind::counted: break;
    case RetryResult::Kind::gone:
      return RetryOutcome{RetryOutcome::Kind::gone, "somebody else counted or dropped it"};
    case RetryResult::Kind::refused:
      return RetryOutcome{RetryOutcome::Kind::refused, result.error.message()};
  }
  return RetryOutcome{};
}

Result<std::shared_ptr<const Batch>> Retrier::fold(const StoredLetter& stored, std::string& why) {
  const DeadLetter& letter = stored.letter;
  BatchRange range;
  range.where = letter.where;
  range.topic_id = letter.topic_id;
  range.from = letter.offset;
  range.to = letter.offset.next();
  order_.ranges = {range};
  order_.starts = {range.from};
  if (letter.value && !letter.truncated) {
    kept_.hold({letter.where, letter.offset, letter.timestamp, letter.key, letter.value,
                letter.headers});
    return from_kept_.read(order_);
  }
  TRY_ASSIGN(why, why_not_held(letter));
  if (!why.empty()) return std::shared_ptr<const Batch>();
  auto read = from_source_.read(order_);
  if (!read.ok() && read.error().code() == "not_held") why = read.error().message();
  return read;
}

Result<std::string> Retrier::why_not_held(const DeadLetter& letter) {
  const std::string kept = letter.truncated ? "its bytes were cut when they were kept, and "
                                            : "its bytes were not kept, and ";
  TRY_ASSIGN(const auto topics, source_.describe({letter.where.topic}, ask_timeout));
  if (topics.empty() || topics.front().id != letter.topic_id) {
    return kept + "its topic is gone or was made anew";
  }
  for (const PartitionInfo& partition : topics.front().partitions) {
    if (partition.partition != letter.where.partition) continue;
    if (partition.log_start <= letter.offset && letter.offset < partition.end) return std::string();
  }
  return kept + "the topic no longer holds it";
}

}  // namespace tallymill
