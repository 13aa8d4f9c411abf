#include "pipeline/history.h"

#include <algorithm>
#include <utility>

#include "base/seconds.h"

namespace tallymill {
namespace {

constexpr Duration rate_window = std::chrono::minutes(1);
// Of one batch, how many of its last dead letters are looked at for samples.
constexpr std::size_t sampled_letters = 50;

std::optional<std::string> first_bytes(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return text->substr(0, History::longest_payload);
}

LatencyView view_of(const Latencies& latencies) {
  return {latencies.count(), latencies.within(0.5), latencies.within(0.95), latencies.within(0.99)};
}

}  // namespace

void History::committed(const Batch& batch, const CommitResult& result, SteadyTime now, WallTime wall) {
  if (!batch.did_something()) return;  // It has no ledger row either.
  const std::lock_guard lock(mutex_);
  keep(batch, result, now, wall);
  count(batch, result, now, wall);
  note_letters(batch, wall);
}

void History::keep(const Batch& batch, const CommitResult& result, SteadyTime now, WallTime wall) {
  CommittedBatch kept;
  kept.sequence = batch.sequence;
  kept.id = batch.id;
  kept.committed_at = wall;
  kept.read = batch.counts.read;
  kept.used = batch.counts.used;
  kept.skipped = batch.counts.skipped;
  kept.rejected = batch.counts.rejected;
  kept.rows = result.rows_written;
  kept.fold = batch.timings.fold;
  kept.wait = batch.timings.wait;
  kept.upsert = result.timings.upsert;
  kept.commit = result.timings.commit;
  kept.partitions = batch.ranges.size();
  for (const BatchRange& range : batch.ranges) {
    if (kept.ranges.size() == most_ranges) break;
    kept.ranges.push_back({range.where, range.from, range.to});
  }
  if (batches_.size() == most_batches) batches_.pop_front();
  batches_.push_back({std::move(kept), now});
}

std::int64_t History::minute_of(SteadyTime now) const {
  return std::chrono::duration_cast<std::chrono::minutes>(now - began_).count();
}

bool History::within_the_hour(const Minute& minute, SteadyTime now) const {
  return minute.number >= 0 && minute_of(now) - minute.number < static_cast<std::int64_t>(minutes_.size());
}

void History::count(const Batch& batch, const CommitResult& result, SteadyTime now, WallTime wall) {
  const std::int64_t number = minute_of(now);
  Minute& minute = minutes_.at(static_cast<std::size_t>(number) % minutes_.size());
  if (minute.number != number) minute = Minute();
  minute.number = number;
  minute.records += batch.counts.read;
  minute.rejected += batch.counts.rejected;
  minute.rows += result.rows_written;
  minute.latencies.add(batch.record_times, wall);
}

void History::note_letters(const Batch& batch, WallTime wall) {
  for (const DeadLetter& letter : batch.dead_letters) {
    auto found = letters_.find(letter.reason);
    if (found == letters_.end()) {
      found = letters_.emplace(letter.reason, LettersView{letter.reason, 0, wall, {}}).first;
    }
    ++found->second.count;
    found->second.last = wall;
  }
  if (!with_samples_) return;
  const std::size_t size = batch.dead_letters.size();
  for (std::size_t i = size - std::min(size, sampled_letters); i < size; ++i) {
    const DeadLetter& letter = batch.dead_letters[i];
    auto& samples = letters_.find(letter.reason)->second.samples;
    if (samples.size() == most_samples) samples.erase(samples.begin());
    samples.push_back({letter.where, letter.offset, letter.aggregation,
                       letter.message.substr(0, longest_text), first_bytes(letter.key),
                       first_bytes(letter.value)});
  }
}

void History::went_wrong(Trouble::Kind kind, std::string_view code, std::string_view message,
                         WallTime wall) {
  const std::lock_guard lock(mutex_);
  Trouble trouble{kind, std::string(code), std::string(message.substr(0, longest_text)), 1, wall, wall};
  const auto same = std::find_if(troubles_.begin(), troubles_.end(), [&](const Trouble& one) {
    return one.kind == kind && one.code == code;
  });
  if (same != troubles_.end()) {
    trouble.times += same->times;
    trouble.first = same->first;
    troubles_.erase(same);
  }
  troubles_.push_front(std::move(trouble));
  if (troubles_.size() > most_troubles) troubles_.pop_back();
}

HistorySummary History::summary(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  return summary_locked(now);
}

HistorySummary History::summary_locked(SteadyTime now) const {
  HistorySummary summary;
  // Of a full ring, what came before the oldest batch is not known: its own records do not count.
  SteadyTime since = std::max(now - rate_window, began_);
  if (batches_.size() == most_batches) since = std::max(since, batches_.front().at);
  for (const Kept& kept : batches_) {
    if (kept.at <= since) continue;
    summary.records_per_second += static_cast<double>(kept.batch.read);
    summary.rows_per_second += static_cast<double>(kept.batch.rows);
  }
  const double seconds = std::max(in_seconds(now - since), 1.0);
  summary.records_per_second /= seconds;
  summary.rows_per_second /= seconds;
  Latencies hour;
  for (const Minute& minute : minutes_) {
    if (within_the_hour(minute, now)) hour.add(minute.latencies);
  }
  summary.latency = view_of(hour);
  for (const auto& [reason, letters] : letters_) summary.dead_letters += letters.count;
  return summary;
}

HistoryView History::view(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  HistoryView view;
  view.summary = summary_locked(now);
  for (const Kept& kept : batches_) view.batches.push_back(kept.batch);
  for (const Minute& minute : minutes_) {
    if (!within_the_hour(minute, now)) continue;
    view.minutes.push_back({minute_of(now) - minute.number, minute.records, minute.rejected,
                            minute.rows, view_of(minute.latencies)});
  }
  std::sort(view.minutes.begin(), view.minutes.end(),
            [](const MinuteView& a, const MinuteView& b) { return a.ago > b.ago; });
  for (const auto& [reason, letters] : letters_) view.letters.push_back(letters);
  view.troubles.assign(troubles_.begin(), troubles_.end());
  return view;
}

}  // namespace tallymill
