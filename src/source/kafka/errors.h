#pragma once

#include <librdkafka/rdkafka.h>

#include <optional>
#include <string_view>

#include "base/error.h"
#include "source/source.h"

namespace tallymill::kafka {

// An Error with the Reaction that fits the code; its code() is librdkafka's name for it. `words` are
// the library's or the broker's own, may be empty.
[[nodiscard]] Error to_error(rd_kafka_resp_err_t code, std::string_view words);

// What an error that a partition delivered means for its reader.
[[nodiscard]] SourceEvent::Kind classify_partition_error(rd_kafka_resp_err_t code,
                                                         std::string_view words);

// Where a log was cut, from the words of a truncation: only they say. Nothing if the broker does not
// know either.
[[nodiscard]] std::optional<Offset> truncation_point(std::string_view words);

// True for what concerns only the group, which serves no more than lag tools.
[[nodiscard]] bool is_about_group(rd_kafka_resp_err_t code);

}  // namespace tallymill::kafka
