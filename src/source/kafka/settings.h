#pragma once

#include <string_view>

#include "base/error.h"
#include "source/kafka/handles.h"
#include "source/kafka/log_lines.h"
#include "source/kafka/options.h"

namespace tallymill::kafka {

// The configuration of a consumer that obeys the project's rules. Fails with Reaction::stop and
// names the option if librdkafka refuses one, or if a rule owns it; fails as the resolver does if a
// secret cannot be read. Secrets are added to `scrubber`.
[[nodiscard]] Result<Conf> make_conf(const KafkaSourceOptions& options, Scrubber& scrubber);

// Fails with Reaction::stop if `version`, as rd_kafka_version() gives it, is older than the rules
// need.
[[nodiscard]] Result<void> check_library_version(int version, std::string_view name);

// True if the option's value must never be shown.
[[nodiscard]] bool is_secret_option(std::string_view name);

}  // namespace tallymill::kafka
