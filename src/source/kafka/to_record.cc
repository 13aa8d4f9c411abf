#include "source/kafka/to_record.h"

#include <optional>
#include <string_view>

namespace tallymill::kafka {
namespace {

class KafkaHeaders final : public HeaderReader {
 public:
  void read(const void* native, std::vector<Header>& out) const override {
    rd_kafka_headers_t* headers = nullptr;
    const auto* message = static_cast<const rd_kafka_message_t*>(native);
    if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) ==
                            RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
      Header header{name, std::nullopt};
      if (value != nullptr) header.value = std::string_view(static_cast<const char*>(value), size);
      out.push_back(header);
    }
  }
};

const KafkaHeaders& headers_of_messages() {
  static const KafkaHeaders headers;
  return headers;
}

std::optional<std::string_view> bytes(const void* data, std::size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(data), size);
}

Timestamp timestamp_of(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t milliseconds = rd_kafka_message_timestamp(&message, &type);
  // Brokers of today stamp every record; without a stamp 1970 keeps the record's fate a matter of
  // its own bytes and not of a clock.
  if (milliseconds < 0) return Timestamp();
  return timestamp_from(milliseconds, TimeUnit::milliseconds).value_or(Timestamp::max());
}

}  // namespace

Record to_record(const rd_kafka_message_t& message, std::size_t source_partition) {
  Record record;
  record.source_partition = source_partition;
  record.offset = Offset(message.offset);
  record.leader_epoch = LeaderEpoch(rd_kafka_message_leader_epoch(&message));
  record.timestamp = timestamp_of(message);
  record.key = bytes(message.key, message.key_len);
  record.value = bytes(message.payload, message.len);
  record.native = &message;
  record.headers = &headers_of_messages();
  return record;
}

}  // namespace tallymill::kafka
