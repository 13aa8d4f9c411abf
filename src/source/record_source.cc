#include "source/record_source.h"

namespace tallymill {
namespace {

class OwnedHeaders final : public HeaderReader {
 public:
  void read(const void* native, std::vector<Header>& out) const override {
    const auto* record = static_cast<const OwnedRecord*>(native);
    for (const auto& [name, value] : record->headers) {
      out.push_back({name, value ? std::optional<std::string_view>(*value) : std::nullopt});
    }
  }
};

const OwnedHeaders headers{};

}  // namespace

Record record_of(const OwnedRecord& owned, std::size_t source_partition) {
  Record record;
  record.source_partition = source_partition;
  record.offset = owned.offset;
  record.timestamp = owned.timestamp;
  if (owned.key) record.key = *owned.key;
  if (owned.value) record.value = *owned.value;
  record.native = &owned;
  record.headers = &headers;
  return record;
}

Result<void> RecordSource::assign(const Assignment& assignment) {
  assignment_ = assignment;
  delivered_ = false;
  return {};
}

void RecordSource::fetch(std::size_t lane, std::size_t /*max_records*/, Duration /*wait*/,
                         Chunk& chunk) {
  chunk.epoch = assignment_.epoch;
  if (delivered_) return;
  for (std::size_t i = 0; i < assignment_.partitions.size(); ++i) {
    const AssignedPartition& partition = assignment_.partitions[i];
    if (partition.lane != lane || partition.where != record_.where) continue;
    chunk.records.push_back(record_of(record_, i));
    delivered_ = true;
  }
}

}  // namespace tallymill
