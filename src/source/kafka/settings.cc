#include "source/kafka/settings.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace tallymill::kafka {
namespace {

// Below it, batch consumption can lose or move positions around seeks and end-of-partition events.
constexpr int library_floor = 0x020d02ff;  // 2.13.2

struct Owned {
  std::string_view option;
  std::string_view why;
};

constexpr std::array owned{
    Owned{"auto.offset.reset", "a position that is gone must stop the pipeline, not move it"},
    Owned{"enable.auto.commit", "progress lives in Postgres; group offsets are for lag tools"},
    Owned{"enable.auto.offset.store", "progress lives in Postgres"},
    Owned{"enable.partition.eof", "the end of a partition moves the checkpoint"},
    Owned{"check.crcs", "a corrupt record must be noticed"},
    Owned{"isolation.level", "source.isolation says it"},
    Owned{"group.id", "source.group_id says it"},
    Owned{"bootstrap.servers", "kafka.brokers says it"},
    Owned{"metadata.broker.list", "kafka.brokers says it"},
    Owned{"queued.max.messages.kbytes", "memory_limit bounds it"},
    Owned{"queued.min.messages", "memory_limit bounds it"},
    Owned{"fetch.message.max.bytes", "memory_limit bounds it"},
    Owned{"max.partition.fetch.bytes", "memory_limit bounds it"},
    Owned{"fetch.max.bytes", "memory_limit bounds it"},
};

// What every consumer of ours is set to.
Result<void> set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 512> why{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size()) ==
      RD_KAFKA_CONF_OK) {
    return {};
  }
  // The library's own words may repeat the value, which may be a secret.
  return Error(Reaction::stop, "kafka_option",
               "kafka.options: " + name + ": refused by librdkafka " + rd_kafka_version_str());
}

Result<void> set_rules(rd_kafka_conf_t* conf, const SettingsInput& input) {
  TRY(set(conf, "bootstrap.servers", input.kafka.brokers));
  TRY(set(conf, "group.id", input.source.group_id));
  TRY(set(conf, "auto.offset.reset", "error"));
  TRY(set(conf, "enable.auto.commit", "false"));
  TRY(set(conf, "enable.auto.offset.store", "false"));
  TRY(set(conf, "enable.partition.eof", "true"));
  TRY(set(conf, "check.crcs", "true"));
  TRY(set(conf, "isolation.level", input.source.isolation == Isolation::read_committed
                                       ? "read_committed"
                                       : "read_uncommitted"));
  TRY(set(conf, "allow.auto.create.topics", "false"));
  return {};
}

// With partition queues forwarded to a lane's queue, librdkafka holds the bounds against the lane's
// length, and a fetch under way may add its whole answer. Half of the budget is for what is queued,
// half for what is on its way. A record larger than the bounds still comes through: brokers always
// send at least one.
Result<void> set_memory(rd_kafka_conf_t* conf, const SettingsInput& input) {
  constexpr std::size_t kibibyte = 1024;
  const std::size_t half = std::max(input.prefetch_bytes / 2, std::size_t{1} << 20);
  const std::size_t per_lane = std::max(half / input.lanes, std::size_t{256} * kibibyte);
  const std::size_t answer = std::clamp(half / 2, std::size_t{512} * kibibyte, std::size_t{50} << 20);
  const std::size_t per_partition = std::clamp(answer / 4, std::size_t{128} * kibibyte, std::size_t{1} << 20);
  TRY(set(conf, "queued.max.messages.kbytes", std::to_string(per_lane / kibibyte)));
  TRY(set(conf, "queued.min.messages", "100000"));
  TRY(set(conf, "fetch.message.max.bytes", std::to_string(per_partition)));
  TRY(set(conf, "fetch.max.bytes", std::to_string(std::max(answer, per_partition))));
  TRY(set(conf, "message.max.bytes", std::to_string(std::max(per_partition, std::size_t{1000000}))));
  TRY(set(conf, "receive.message.max.bytes", "134217728"));
  // A trigger waits for nothing here: a fetch that finds little answers soon, and one that found the
  // lane full looks again soon.
  TRY(set(conf, "fetch.wait.max.ms", "100"));
  TRY(set(conf, "fetch.queue.backoff.ms", "10"));
  TRY(set(conf, "fetch.error.backoff.ms", "100"));
  return {};
}

Result<void> set_options(rd_kafka_conf_t* conf, const SettingsInput& input) {
  for (const auto& [name, source] : input.kafka.options) {
    const auto rule = std::find_if(owned.begin(), owned.end(),
                                   [&](const Owned& one) { return one.option == name; });
    if (rule != owned.end()) {
      return Error(Reaction::stop, "kafka_option",
                   "kafka.options: " + name + " cannot be set: " + std::string(rule->why));
    }
    auto value = input.secrets(source);
    if (!value.ok()) return value.error().within("kafka.options: " + name);
    TRY(set(conf, name, value->reveal()));
  }
  return {};
}

}  // namespace

Result<Conf> make_conf(const SettingsInput& input) {
  Conf conf(rd_kafka_conf_new());
  TRY(set(conf.get(), "client.id", "tallymill"));
  TRY(set(conf.get(), "topic.metadata.refresh.interval.ms",
          std::to_string(std::max<std::int64_t>(input.kafka.metadata_refresh.count(), 1000))));
  TRY(set(conf.get(), "reconnect.backoff.ms", "100"));
  TRY(set(conf.get(), "reconnect.backoff.max.ms", "2000"));
  TRY(set_memory(conf.get(), input));
  TRY(set_options(conf.get(), input));
  TRY(set_rules(conf.get(), input));
  return conf;
}

Result<void> check_library_version() {
  if (rd_kafka_version() >= library_floor) return {};
  return Error(Reaction::stop, "librdkafka_too_old",
               std::string("librdkafka ") + rd_kafka_version_str() +
                   " loses or doubles messages around seeks; 2.13.2 or newer is needed");
}

}  // namespace tallymill::kafka
