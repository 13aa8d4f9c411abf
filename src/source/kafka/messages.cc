#include "source/kafka/messages.h"

#include <utility>

#include "source/kafka/errors.h"

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

Record to_record(const rd_kafka_message_t& message, std::size_t source_partition) {
  Record record;
  record.source_partition = source_partition;
  record.offset = Offset(message.offset);
  record.leader_epoch = LeaderEpoch(rd_kafka_message_leader_epoch(&message));
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t milliseconds = rd_kafka_message_timestamp(&message, &type);
  // Brokers of today stamp every record; without a stamp 1970 keeps the record's fate a matter of
  // its own bytes and not of a clock.
  const auto time = timestamp_from(milliseconds < 0 ? 0 : milliseconds, TimeUnit::milliseconds);
  record.timestamp = time.value_or(Timestamp::max());
  record.key = bytes(message.key, message.key_len);
  record.value = bytes(message.payload, message.len);
  record.native = &message;
  record.headers = &headers_of_messages();
  return record;
}

}  // namespace

Messages::~Messages() {
  for (rd_kafka_message_t* message : messages_) rd_kafka_message_destroy(message);
}

void Messages::take_available(rd_kafka_queue_t* queue, std::size_t count) {
  const std::size_t before = messages_.size();
  messages_.resize(before + count);
  const ssize_t taken = rd_kafka_consume_batch_queue(queue, 0, messages_.data() + before, count);
  messages_.resize(before + (taken > 0 ? static_cast<std::size_t>(taken) : 0));
}

void Messages::sort_into(Chunk& chunk, std::vector<SourceEvent>& events) const {
  const auto& partitions = lanes_->assignment().partitions;
  chunk.records.reserve(messages_.size());
  for (const rd_kafka_message_t* message : messages_) {
    const std::size_t index = lanes_->index_of(*message);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (index < partitions.size()) chunk.records.push_back(to_record(*message, index));
      continue;
    }
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      if (index < partitions.size()) chunk.reached.push_back({index, Offset(message->offset)});
      continue;
    }
    SourceEvent event;
    event.kind = classify_partition_error(message->err);
    event.epoch = lanes_->epoch();
    std::string context = "reading";
    if (index < partitions.size()) {
      event.where = partitions[index].where;
      context += " " + event.where->str();
    }
    if (message->offset >= 0) {
      event.offset = Offset(message->offset);
      context += " offset " + event.offset->str();
    }
    const char* words = rd_kafka_message_errstr(message);
    event.error = to_error(message->err, words == nullptr ? "" : words).within(context);
    events.push_back(std::move(event));
  }
}

}  // namespace tallymill::kafka
