#pragma once

// A librdkafka consumer with the daemon's own settings, for programs that show what the library alone costs. A
// program that cannot do its work ends.

#include <librdkafka/rdkafka.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <variant>

#include "source/kafka/settings.h"

namespace tallymill::bench {

[[noreturn]] inline void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

// Of the process, so far.
inline double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// `options` as in the configuration's kafka.options. The caller destroys it.
inline rd_kafka_t* connect(const char* brokers, std::size_t lanes,
                           const std::map<std::string, std::string>& options) {
  KafkaSourceOptions all;
  all.kafka.brokers = brokers;
  all.source.group_id = "bare_client";
  all.secrets = [](const SecretSource& source) -> Result<Secret> {
    return std::get<SecretSource::Literal>(source.from).value;
  };
  for (const auto& [name, value] : options) all.kafka.options[name] = SecretSource{SecretSource::Literal{Secret(value)}};
  all.prefetch_bytes = std::size_t{60} << 20;  // As with the daemon's memory_limit of 512MiB.
  all.lanes = lanes;
  kafka::Scrubber scrubber;
  auto conf = kafka::make_conf(all, scrubber);
  if (!conf.ok()) give_up(conf.error().message());
  char why[512];
  rd_kafka_t* const handle = rd_kafka_new(RD_KAFKA_CONSUMER, conf.value().release(), why, sizeof why);
  if (handle == nullptr) give_up(why);
  rd_kafka_poll_set_consumer(handle);
  return handle;
}

inline int partitions_of(rd_kafka_t* handle, const char* topic) {
  rd_kafka_topic_t* const wanted = rd_kafka_topic_new(handle, topic, nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(handle, 0, wanted, &metadata, 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    give_up("the brokers do not answer");
  }
  const int count = metadata->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(wanted);
  if (count == 0) give_up("the topic is not there");
  return count;
}

}  // namespace tallymill::bench
