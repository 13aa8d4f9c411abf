#pragma once

#include <librdkafka/rdkafka.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "source/source.h"

namespace tallymill::kafka {

// An Error with the Reaction that fits the code; its code() is librdkafka's name for it.
[[nodiscard]] Error to_error(rd_kafka_resp_err_t code, std::string_view words);

// What an error that a partition delivered means for its reader.
[[nodiscard]] SourceEvent::Kind classify_partition_error(rd_kafka_resp_err_t code);

}  // namespace tallymill::kafka
