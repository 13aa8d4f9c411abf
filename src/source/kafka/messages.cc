#include "source/kafka/messages.h"

#include <string>
#include <utility>

#include "base/seeded_bug.h"
#include "source/kafka/errors.h"
#include "source/kafka/to_record.h"

namespace tallymill::kafka {
namespace {

SourceEvent to_event(const rd_kafka_message_t& message, const Lanes& lanes, std::size_t index) {
  const char* text = rd_kafka_message_errstr(&message);
  const std::string words = text == nullptr ? "" : text;
  SourceEvent event;
  event.kind = classify_partition_error(message.err, words);
  event.epoch = lanes.epoch();
  std::string context = "reading";
  if (index < lanes.partitions().size()) {
    event.where = lanes.partitions()[index].where;
    context += " " + event.where->str();
  }
  if (message.offset >= 0) {
    event.offset = Offset(message.offset);
    context += " offset " + event.offset->str();
  }
  if (event.kind == SourceEvent::Kind::truncated) event.offset = truncation_point(words);
  event.error = to_error(message.err, words);
  if (event.kind == SourceEvent::Kind::failed) {
    event.error = Error(Reaction::stop, event.error.code(), event.error.message());
  }
  event.error = event.error.within(context);
  return event;
}

}  // namespace

Messages::~Messages() {
  for (rd_kafka_message_t* message : messages_) rd_kafka_message_destroy(message);
}

void Messages::take(rd_kafka_queue_t* queue, std::size_t count, Duration wait) {
  if (count == 0) return;
  // A batch call alone would wait for the batch to be full; so the first message is waited for
  // alone, and the rest is what is there.
  const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  rd_kafka_message_t* first = rd_kafka_consume_queue(queue, static_cast<int>(longest));
  if (first == nullptr) return;
  messages_.resize(count);
  messages_[0] = first;
  const ssize_t more =
      count == 1 ? 0 : rd_kafka_consume_batch_queue(queue, 0, messages_.data() + 1, count - 1);
  messages_.resize(1 + (more > 0 ? static_cast<std::size_t>(more) : 0));
}

void Messages::sort_into(Chunk& chunk, std::size_t lane, Lanes& lanes) {
  std::size_t bytes = 0;
  chunk.records.reserve(messages_.size());
  for (const rd_kafka_message_t* message : messages_) {
    const std::size_t index = lanes.index_of(*message);
    const bool known = index < lanes.partitions().size();
    if (known && lanes.is_halted(index)) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      if (!known) continue;
      if (client_->events().any_trouble()) {
        client_->events().works();
        client_->events().works(lanes.partitions()[index].where, lanes.epoch());
      }
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        chunk.reached.push_back({index, Offset(message->offset)});
        lanes.passed(index, Offset(message->offset));
        continue;
      }
      bytes += message->len + message->key_len;
      chunk.records.push_back(to_record(*message, index));
      lanes.passed(index, chunk.records.back().offset.next());
      continue;
    }
    if (seeded(Bug::partition_errors_ignored)) continue;
    SourceEvent event = to_event(*message, lanes, index);
    if (known && event.kind != SourceEvent::Kind::unavailable) lanes.halt(index);
    client_->events().add(std::move(event));
  }
  lanes.weigh(lane, chunk.records.size(), bytes);
}

}  // namespace tallymill::kafka
