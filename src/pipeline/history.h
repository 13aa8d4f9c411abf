#pragma once

// What a pipeline has done lately, for the status page: in memory, bounded, forgotten with the process.
// The ledger is what lasts.
//
// A pipeline has one. It costs something per batch and nothing per record, and holds at most about
// 300 kB. Thread-safe: written by the pipeline's own thread, read by those that answer.

#include <array>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "model/batch.h"
#include "pipeline/history_view.h"
#include "pipeline/latencies.h"
#include "sink/store.h"

namespace tallymill {

class History {
 public:
  static constexpr std::size_t most_batches = 60;
  static constexpr std::size_t most_ranges = 8;    // Of one batch.
  static constexpr std::size_t most_samples = 3;   // Of one reason.
  static constexpr std::size_t most_troubles = 20;
  static constexpr std::size_t longest_text = 500;    // Of a message, in bytes.
  static constexpr std::size_t longest_payload = 200;  // Of a sample's key or value.

  // `with_samples`: keep the first bytes of some dead letters, which are payload.
  History(bool with_samples, SteadyTime began) : with_samples_(with_samples), began_(began) {}

  void committed(const Batch& batch, const CommitResult& result, SteadyTime now, WallTime wall);
  // The same again is told as more times of one.
  void went_wrong(Trouble::Kind kind, std::string_view code, std::string_view message, WallTime wall);

  [[nodiscard]] HistorySummary summary(SteadyTime now) const;
  [[nodiscard]] HistoryView view(SteadyTime now) const;

 private:
  struct Minute {
    std::int64_t number = -1;  // Since the process began; -1: none yet.
    std::int64_t records = 0;
    std::int64_t rejected = 0;
    std::int64_t rows = 0;
    Latencies latencies;
  };
  struct Kept {
    CommittedBatch batch;
    SteadyTime at{};
  };

  [[nodiscard]] std::int64_t minute_of(SteadyTime now) const;
  [[nodiscard]] bool within_the_hour(const Minute& minute, SteadyTime now) const;
  void keep(const Batch& batch, const CommitResult& result, SteadyTime now, WallTime wall);
  void count(const Batch& batch, const CommitResult& result, SteadyTime now, WallTime wall);
  void note_letters(const Batch& batch, WallTime wall);
  [[nodiscard]] HistorySummary summary_locked(SteadyTime now) const;

  const bool with_samples_;
  const SteadyTime began_;
  mutable std::mutex mutex_;  // Guards all that follows.
  std::deque<Kept> batches_;
  std::array<Minute, 60> minutes_{};
  std::map<std::string, LettersView, std::less<>> letters_;
  std::deque<Trouble> troubles_;  // The newest first.
};

}  // namespace tallymill
