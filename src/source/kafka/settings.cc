#include "source/kafka/settings.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/seeded_bug.h"
#include "source/kafka/limits.h"

namespace tallymill::kafka {
namespace {

// 2.13.2. Before it, reading in batches can lose or move positions around seeks and the ends of
// partitions.
constexpr int library_floor = 0x020d02ff;

// librdkafka takes it for the most that one batch may become when it is decompressed, too.
constexpr std::size_t least_answer = std::size_t{64} << 20;

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
    Owned{"allow.auto.create.topics", "reading must not create a topic"},
    Owned{"isolation.level", "source.isolation says it"},
    Owned{"group.id", "source.group_id says it"},
    Owned{"group.instance.id", "partitions are assigned without a group"},
    Owned{"group.protocol", "partitions are assigned without a group"},
    Owned{"bootstrap.servers", "kafka.brokers says it"},
    Owned{"metadata.broker.list", "kafka.brokers says it"},
    Owned{"queued.max.messages.kbytes", "memory_limit bounds it"},
    Owned{"queued.min.messages", "memory_limit bounds it"},
    Owned{"fetch.message.max.bytes", "memory_limit bounds it"},
    Owned{"max.partition.fetch.bytes", "memory_limit bounds it"},
    Owned{"fetch.max.bytes", "memory_limit bounds it"},
    Owned{"message.max.bytes", "memory_limit bounds it"},
};

Error refused(const std::string& name, std::string_view why) {
  return {Reaction::stop, "kafka_option", "kafka.options: " + name + ": " + std::string(why)};
}

Result<void> set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 512> why{};
  const auto result = rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size());
  if (result == RD_KAFKA_CONF_OK) return {};
  if (result == RD_KAFKA_CONF_UNKNOWN) {
    return refused(name, std::string("librdkafka ") + rd_kafka_version_str() +
                             " has no such option; correct its name or remove it");
  }
  // The library's own words may repeat the value.
  return refused(name, is_secret_option(name) ? "librdkafka refuses its value" : why.data());
}

Result<void> set_rules(rd_kafka_conf_t* conf, const KafkaSourceOptions& options) {
  const bool committed = options.source.isolation == Isolation::read_committed;
  TRY(set(conf, "bootstrap.servers", options.kafka.brokers));
  TRY(set(conf, "group.id", options.source.group_id));
  TRY(set(conf, "auto.offset.reset", seeded(Bug::position_resets_itself) ? "latest" : "error"));
  TRY(set(conf, "enable.auto.commit", "false"));
  TRY(set(conf, "enable.auto.offset.store", "false"));
  TRY(set(conf, "enable.partition.eof", "true"));
  TRY(set(conf, "check.crcs", "true"));
  TRY(set(conf, "allow.auto.create.topics", "false"));
  TRY(set(conf, "isolation.level", committed ? "read_committed" : "read_uncommitted"));
  return {};
}

Result<void> set_limits(rd_kafka_conf_t* conf, const KafkaSourceOptions& options) {
  const FetchLimits limits = limit_fetching(options.prefetch_bytes, options.lanes);
  TRY(set(conf, "queued.max.messages.kbytes", std::to_string(limits.queued_kilobytes)));
  TRY(set(conf, "queued.min.messages", std::to_string(limits.queued_messages)));
  TRY(set(conf, "fetch.message.max.bytes", std::to_string(limits.partition_bytes)));
  TRY(set(conf, "fetch.max.bytes", std::to_string(limits.answer_bytes)));
  TRY(set(conf, "receive.message.max.bytes",
          std::to_string(std::max(least_answer, std::size_t{4} * limits.answer_bytes))));
  // librdkafka wants fetch.max.bytes not to be below it; it means something to producers only.
  TRY(set(conf, "message.max.bytes", std::to_string(limits.partition_bytes)));
  return {};
}

// What `kafka.options` may change.
Result<void> set_defaults(rd_kafka_conf_t* conf, const KafkaSourceOptions& options) {
  const auto refresh = std::max<std::int64_t>(options.kafka.metadata_refresh.count(), 1000);
  TRY(set(conf, "client.id", "tallymill"));
  TRY(set(conf, "topic.metadata.refresh.interval.ms", std::to_string(refresh)));
  TRY(set(conf, "reconnect.backoff.ms", "100"));
  TRY(set(conf, "reconnect.backoff.max.ms", "2000"));
  TRY(set(conf, "socket.keepalive.enable", "true"));
  TRY(set(conf, "socket.timeout.ms", "30000"));
  // A fetch that finds nothing answers soon, so that partitions that had no room when it was sent
  // need not wait for it; one that found the lane full looks again soon.
  TRY(set(conf, "fetch.wait.max.ms", "100"));
  TRY(set(conf, "fetch.queue.backoff.ms", "5"));
  TRY(set(conf, "fetch.error.backoff.ms", "100"));
  return {};
}

Result<void> set_options(rd_kafka_conf_t* conf, const KafkaSourceOptions& options,
                         Scrubber& scrubber) {
  for (const auto& [name, source] : options.kafka.options) {
    const auto rule = std::find_if(owned.begin(), owned.end(),
                                   [&option = name](const Owned& one) { return one.option == option; });
    if (rule != owned.end()) return refused(name, "cannot be set: " + std::string(rule->why));
    auto value = options.secrets(source);
    if (!value.ok()) return value.error().within("kafka.options: " + name);
    if (is_secret_option(name)) scrubber.hide(*value);
    TRY(set(conf, name, value->reveal()));
  }
  return {};
}

}  // namespace

bool is_secret_option(std::string_view name) {
  constexpr std::array words{"password", "secret", "key.pem", "token", "oauthbearer.config", "jaas"};
  return std::any_of(words.begin(), words.end(), [&](const char* word) {
    return name.find(word) != std::string_view::npos;
  });
}

Result<Conf> make_conf(const KafkaSourceOptions& options, Scrubber& scrubber) {
  Conf conf(rd_kafka_conf_new());
  TRY(set_defaults(conf.get(), options));
  TRY(set_options(conf.get(), options, scrubber));
  TRY(set_limits(conf.get(), options));
  TRY(set_rules(conf.get(), options));
  return conf;
}

Result<void> check_library_version(int version, std::string_view name) {
  if (version >= library_floor) return {};
  return Error(Reaction::stop, "librdkafka_too_old",
               "librdkafka " + std::string(name) +
                   " loses or doubles records around seeks; install 2.13.2 or newer");
}

}  // namespace tallymill::kafka
