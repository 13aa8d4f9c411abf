#pragma once

#include <utility>

#include "support/fake_store.h"

namespace tallymill::testing {

// The ledger of a FakeDatabase.
class FakeLedger final : public Ledger {
 public:
  explicit FakeLedger(FakeDatabase& database) : database_(database) {}

  Result<std::vector<std::int64_t>> find(const LedgerSelection& /*which*/) override {
    std::vector<std::int64_t> sequences;
    for (const auto& [sequence, batch] : database_.batches) sequences.push_back(sequence);
    return sequences;
  }
  Result<std::optional<LedgerBatch>> read(std::int64_t sequence) override {
    const auto found = database_.batches.find(sequence);
    return found == database_.batches.end() ? std::nullopt : std::optional(found->second);
  }
  Result<std::optional<std::string>> lookup_contents(const std::string& /*lookup*/,
                                                     const Digest& content_hash) override {
    const auto found = database_.lookup_versions.find(content_hash);
    return found == database_.lookup_versions.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  FakeDatabase& database_;
};

}  // namespace tallymill::testing
