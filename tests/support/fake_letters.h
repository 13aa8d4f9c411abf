#pragma once

#include <algorithm>
#include <tuple>
#include <utility>

#include "sink/dead_letter_store.h"
#include "support/fake_store.h"

namespace tallymill::testing {

// The dead letters of a FakeDatabase.
class FakeLetters final : public DeadLetterStore {
 public:
  FakeLetters(FakeDatabase& database, const PipelineSpec& spec) : database_(database), spec_(spec) {}

  Result<std::vector<StoredLetter>> find(const LetterSelection& /*which*/, const DeadLetter* /*after*/,
                                         std::int64_t /*limit*/) override {
    std::vector<StoredLetter> letters;
    for (const DeadLetter& letter : database_.dead_letters) letters.push_back({letter, 0, ""});
    return letters;
  }
  Result<std::optional<StoredLetter>> read(const DeadLetter& place) override {
    const auto found = at(place);
    if (found == database_.dead_letters.end()) return std::optional<StoredLetter>();
    return std::optional(StoredLetter{*found, 0, ""});
  }
  Result<RetryResult> retry(const StoredLetter& letter, Batch batch) override {
    if (batch.fingerprint != database_.fingerprint) {
      return Error(Reaction::stop, "config_changed", "another configuration");
    }
    const auto found = at(letter.letter);
    if (found == database_.dead_letters.end()) return RetryResult{RetryResult::Kind::gone};
    if (refuse) return RetryResult{RetryResult::Kind::refused, Error(Reaction::reject, "22003", "refused")};
    database_.dead_letters.erase(found);
    database_.merge(spec_, batch);
    database_.retried.insert(++database_.sequence);
    database_.dead_letters.insert(database_.dead_letters.end(), batch.dead_letters.begin(),
                                  batch.dead_letters.end());
    last = std::move(batch);
    return RetryResult{};
  }
  Result<std::int64_t> drop(const LetterSelection& /*which*/) override { return 0; }

  bool refuse = false;
  std::optional<Batch> last;  // That was committed.

 private:
  std::vector<DeadLetter>::iterator at(const DeadLetter& place) {
    return std::find_if(database_.dead_letters.begin(), database_.dead_letters.end(),
                        [&](const DeadLetter& one) {
                          return std::tie(one.where, one.offset, one.aggregation) ==
                                 std::tie(place.where, place.offset, place.aggregation);
                        });
  }

  FakeDatabase& database_;
  const PipelineSpec& spec_;
};

}  // namespace tallymill::testing
