#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "config/spec.h"
#include "source/kafka/handles.h"

namespace tallymill::kafka {

// Reads a secret at the moment it is needed.
using SecretResolver = std::function<Result<Secret>(const SecretSource&)>;

struct SettingsInput {
  const KafkaSpec& kafka;
  const SourceSpec& source;
  SecretResolver secrets;
  // Bytes that fetched messages of the whole consumer may take, over `lanes` queues.
  std::size_t prefetch_bytes = std::size_t{32} << 20;
  std::size_t lanes = 1;
};

// The configuration of a consumer that obeys the project's rules. Fails with Reaction::stop and
// names the option if librdkafka refuses one, or if a rule owns it.
[[nodiscard]] Result<Conf> make_conf(const SettingsInput& input);

// Fails with Reaction::stop if the library is older than the rules need.
[[nodiscard]] Result<void> check_library_version();

}  // namespace tallymill::kafka
