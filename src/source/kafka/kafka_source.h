#pragma once

#include <memory>

#include "source/kafka/settings.h"
#include "source/source.h"

namespace tallymill {

struct KafkaSourceOptions {
  KafkaSpec kafka;
  SourceSpec source;
  kafka::SecretResolver secrets;
  std::size_t prefetch_bytes = std::size_t{32} << 20;
  std::size_t lanes = 1;
};

// A Source on Kafka. It assigns itself partitions and never joins a group: the group id serves only
// to publish offsets for lag tools. Connecting happens in the background; a broker that is away is
// no error here. Fails with Reaction::stop if the settings are refused.
[[nodiscard]] Result<std::unique_ptr<Source>> open_kafka_source(KafkaSourceOptions options);

}  // namespace tallymill
