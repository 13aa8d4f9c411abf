#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "source/offline_source.h"

namespace tallymill {

// A record with its own memory.
struct OwnedRecord {
  TopicPartition where;
  Offset offset;
  Timestamp timestamp;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

// The record as a source hands it out, of the partition that stands there in the assignment. `owned`
// outlives it.
[[nodiscard]] Record record_of(const OwnedRecord& owned, std::size_t source_partition);

// A source that holds one record and nothing else, for what was kept of a topic elsewhere.
class RecordSource final : public OfflineSource {
 public:
  // Delivered once after each assign() of its partition. REQUIRES: nothing of an earlier chunk is in
  // use.
  void hold(OwnedRecord record) { record_ = std::move(record); }

  Result<void> assign(const Assignment& assignment) override;
  void fetch(std::size_t lane, std::size_t max_records, Duration wait, Chunk& chunk) override;

 private:
  OwnedRecord record_;
  Assignment assignment_;
  bool delivered_ = true;
};

}  // namespace tallymill
