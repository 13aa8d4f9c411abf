#include "support/fake_store.h"

#include <algorithm>

namespace tallymill::testing {
namespace {

std::string cell_text(const Value& value) {
  switch (value.type()) {
    case Type::string: return std::string(value.string());
    case Type::timestamp: return to_string(value.timestamp());
    case Type::int64: return std::to_string(value.int64());
    default: return std::string(to_string(value.type()));
  }
}

std::int64_t number_of(const Value& value) {
  switch (value.type()) {
    case Type::int64: return value.int64();
    case Type::decimal: return value.decimal().to_int64().value_or(0);
    case Type::exact_sum: return std::stoll(value.exact_sum().str());
    default: return 0;
  }
}

}  // namespace

Error FakeStore::changed() { return {Reaction::stop, "config_changed", "the configuration changed"}; }

Error FakeStore::away() { return {Reaction::retry, "connection_lost", "the database is away"}; }

Progress FakeStore::progress() const {
  Progress progress;
  progress.sequence = database_.sequence;
  progress.started = database_.started || database_.known_partitions > 0;
  progress.known_partitions = database_.known_partitions;
  progress.lease = lease();
  progress.fingerprint = database_.fingerprint;
  progress.orders = database_.orders;
  for (const auto& [where, checkpoint] : database_.checkpoints) {
    progress.checkpoints.push_back(checkpoint);
  }
  return progress;
}

Result<Progress> FakeStore::open() {
  if (down) return away();
  if (refusal) return *refusal;
  database_.dropped = false;
  database_.tables.resize(spec_.aggregations.size());
  if (database_.fingerprint.empty()) database_.fingerprint = spec_.fingerprint;
  if (database_.fingerprint != spec_.fingerprint) {
    if (database_.sequence > 0) return changed();
    if (!database_.lease.session.empty() && database_.lease.session != session_) return progress();
    database_.fingerprint = spec_.fingerprint;
    database_.checkpoints.clear();
    database_.known_partitions = 0;
    database_.started = false;
    database_.tables.assign(spec_.aggregations.size(), {});
  }
  return progress();
}

Result<Progress> FakeStore::read_progress() {
  if (down) return away();
  return progress();
}

Result<Progress> FakeStore::insert_checkpoints(const std::vector<Checkpoint>& checkpoints,
                                               const Progress& seen) {
  if (down) return away();
  const Progress now = progress();
  if (now.lease.session != seen.lease.session || now.orders.given != seen.orders.given ||
      now.started != seen.started) {
    return Error(Reaction::retry, "started_meanwhile", "somebody else was faster");
  }
  for (const Checkpoint& checkpoint : checkpoints) {
    database_.checkpoints.try_emplace(checkpoint.where, checkpoint);
  }
  database_.started = true;
  database_.known_partitions = static_cast<std::int64_t>(database_.checkpoints.size());
  return progress();
}

bool FakeStore::as_expected(const Batch& batch) const {
  if (database_.sequence + 1 != batch.sequence || database_.lease.session != session_) return false;
  return std::all_of(batch.ranges.begin(), batch.ranges.end(), [&](const BatchRange& range) {
    const auto found = database_.checkpoints.find(range.where);
    return found != database_.checkpoints.end() && found->second.next_offset == range.from &&
           found->second.topic_id == range.replaces_topic_id.value_or(range.topic_id);
  });
}

bool FakeStore::poisoned(const Batch& batch) const {
  for (const auto& [where, offset] : poison) {
    const bool dead = std::any_of(
        batch.dead_letters.begin(), batch.dead_letters.end(), [&](const DeadLetter& letter) {
          return letter.where == where && letter.offset == Offset(offset);
        });
    for (const BatchRange& range : batch.ranges) {
      if (!dead && range.where == where && range.from <= Offset(offset) &&
          Offset(offset) < range.to) {
        return true;
      }
    }
  }
  return false;
}

void FakeDatabase::merge(const PipelineSpec& spec, const Batch& batch) {
  std::vector<Value> cells;
  for (std::size_t i = 0; i < batch.rows.size(); ++i) {
    const std::size_t keys = spec.aggregations[i].plan.key.size();
    for (std::size_t row = 0; row < batch.rows[i]->size(); ++row) {
      batch.rows[i]->read(row, cells);
      std::string key;
      for (std::size_t k = 0; k < keys; ++k) key += cell_text(cells[k]) + "|";
      auto& parts = tables[i][key];
      parts.resize(cells.size() - keys);
      for (std::size_t p = keys; p < cells.size(); ++p) parts[p - keys] += number_of(cells[p]);
    }
  }
}

void FakeStore::apply(const Batch& batch) {
  database_.merge(spec_, batch);
  for (const BatchRange& range : batch.ranges) {
    database_.checkpoints[range.where] = {range.where, range.topic_id, range.to,
                                          range.leader_epoch, range.anchor};
  }
  database_.sequence = batch.sequence;
  ++database_.lease.counter;
  database_.orders.accept_gap = false;
  database_.orders.accept_topic = false;
  if (batch.did_something()) {
    database_.ledger[batch.sequence] = batch.id;
    database_.digests[batch.sequence] = batch.digest;
    database_.counts.push_back(batch.counts);
    note(batch);
  }
  database_.lookups = batch.lookups;
  database_.dead_letters.insert(database_.dead_letters.end(), batch.dead_letters.begin(),
                                batch.dead_letters.end());
  database_.gaps.insert(database_.gaps.end(), batch.gaps.begin(), batch.gaps.end());
}

void FakeStore::note(const Batch& batch) {
  LedgerBatch& row = database_.batches[batch.sequence];
  row.sequence = batch.sequence;
  row.fingerprint = batch.fingerprint;
  row.ranges = batch.ranges;
  row.counts = batch.counts;
  row.refused = batch.refused;
  row.digest = batch.digest;
  row.rejects_digest = batch.rejects_digest;
  row.gaps = batch.gaps;
  for (std::size_t i = 0; i < batch.table_digests.size(); ++i) {
    row.aggregations[spec_.aggregations[i].name] = batch.counts.aggregations[i];
    row.table_digests[spec_.aggregations[i].name] = batch.table_digests[i];
  }
  for (const LookupUse& use : batch.lookups) {
    row.lookups[use.name] = use.content_hash;
    database_.lookup_versions[use.content_hash] = use.table->canonical_text();
  }
  for (auto& [sequence, earlier] : database_.batches) {
    for (const Gap& gap : batch.gaps) {
      const bool cuts = std::any_of(
          earlier.ranges.begin(), earlier.ranges.end(), [&](const BatchRange& range) {
            return range.where == gap.where && range.topic_id == gap.topic_id && gap.from < range.to;
          });
      if (sequence < batch.sequence && gap.cause == "truncated" && cuts) earlier.cuts.push_back(gap);
    }
  }
}

CommitResult FakeStore::commit(const Batch& batch) {
  ++commits;
  CommitResult result;
  result.timings = timings;
  result.error = away();
  if (down) return result;
  const Fate fate = next_fate();
  if (fate == Fate::fail_before) {
    result.error = Error(Reaction::retry, "40001", "serialization failure");
    return result;
  }
  if (fate == Fate::stop_before) {
    result.kind = CommitResult::Kind::stop;
    result.error = Error(Reaction::stop, "42501", "permission denied");
    return result;
  }
  if (!as_expected(batch)) {
    result.kind = CommitResult::Kind::conflict;
    return result;
  }
  if (poisoned(batch)) {
    result.kind = CommitResult::Kind::refused_data;
    result.error = Error(Reaction::reject, "22003", "refused");
    return result;
  }
  if (fate != Fate::lose_before) apply(batch);
  result.pause_wanted = database_.orders.paused;
  result.kind = fate == Fate::normal ? CommitResult::Kind::acked : CommitResult::Kind::unknown;
  return result;
}

Result<Resolution> FakeStore::resolve(const Batch& batch) {
  if (down) return away();
  Resolution resolution;
  resolution.progress = progress();
  const auto ledger = database_.ledger.find(batch.sequence);
  bool higher = false;
  bool lower = false;
  bool missing = false;
  for (const BatchRange& range : batch.ranges) {
    const auto found = database_.checkpoints.find(range.where);
    missing = missing || found == database_.checkpoints.end();
    if (missing) break;
    higher = higher || found->second.next_offset > range.from;
    lower = lower || found->second.next_offset < range.from;
  }
  using Kind = Resolution::Kind;
  if (ledger != database_.ledger.end() && ledger->second == batch.id) {
    resolution.kind = Kind::committed;
  } else if (missing) {
    const bool stands = database_.sequence + 1 == batch.sequence;
    resolution.kind =
        stands || database_.checkpoints.empty() ? Kind::rows_gone : Kind::rewound;
  } else if (higher || lower) {
    resolution.kind = higher && lower ? Kind::mixed : higher ? Kind::superseded : Kind::rewound;
  } else if (database_.lease.session != session_) {
    resolution.kind = Kind::lease_lost;
  } else if (database_.sequence + 1 != batch.sequence) {
    const auto known = std::distance(database_.retried.lower_bound(batch.sequence),
                                     database_.retried.end());
    const bool only_retries = database_.sequence + 1 == batch.sequence + known;
    resolution.kind = only_retries ? Kind::renumber : Kind::superseded;
  }
  return resolution;
}

}  // namespace tallymill::testing
