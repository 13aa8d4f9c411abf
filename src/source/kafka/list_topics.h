#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "source/kafka/handles.h"

namespace tallymill::kafka {

// Names of all topics that a broker lists for us. Thread-safe. Waits at most `timeout`.
[[nodiscard]] Result<std::vector<std::string>> list_topics(rd_kafka_t* handle, Duration timeout);

}  // namespace tallymill::kafka
