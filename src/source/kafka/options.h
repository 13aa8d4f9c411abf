#pragma once

#include <cstddef>
#include <functional>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "config/spec.h"

namespace tallymill {

struct KafkaSourceOptions {
  KafkaSpec kafka;
  SourceSpec source;
  // Reads a secret at the moment it is needed; called by open() and, after a refused login, by
  // whoever asks the cluster something. Must be callable from any thread.
  std::function<Result<Secret>(const SecretSource&)> secrets;
  // What fetched messages of the whole source may take, with all that librdkafka keeps beside them.
  std::size_t prefetch_bytes = std::size_t{32} << 20;
  std::size_t lanes = 1;  // As in every Assignment that follows.
  const Clock* clock = &system_clock();
};

}  // namespace tallymill
