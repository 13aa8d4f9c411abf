#pragma once

#include <librdkafka/rdkafka.h>

#include "model/record.h"

namespace tallymill::kafka {

// Views into the message, which must outlive the record and its headers.
[[nodiscard]] Record to_record(const rd_kafka_message_t& message, std::size_t source_partition);

}  // namespace tallymill::kafka
