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

Error no_cluster() {
  return {Reaction::stop, "no_cluster", "a kept record belongs to no cluster that could be asked"};
}

}  // namespace

Result<std::vector<TopicInfo>> RecordSource::describe(const std::vector<std::string>& /*topics*/,
                                                      Duration /*timeout*/) {
  return no_cluster();
}

Result<std::vector<TopicId>> RecordSource::topic_ids(const std::vector<std::string>& /*topics*/,
                                                     Duration /*timeout*/) {
  return no_cluster();
}

Result<std::vector<Offset>> RecordSource::resolve(const TopicInfo& /*topic*/, StartPosition /*start*/,
                                                  Duration /*timeout*/) {
  return no_cluster();
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
    Record record;
    record.source_partition = i;
    record.offset = record_.offset;
    record.timestamp = record_.timestamp;
    if (record_.key) record.key = *record_.key;
    if (record_.value) record.value = *record_.value;
    record.native = &record_;
    record.headers = &headers;
    chunk.records.push_back(record);
    delivered_ = true;
  }
}

}  // namespace tallymill
