#pragma once

#include <chrono>
#include <limits>

#include "base/clock.h"
#include "base/error.h"
#include "source/kafka/handles.h"

namespace tallymill::kafka {

// For librdkafka's parameters: at least one, because zero means something else to some of them.
[[nodiscard]] inline int at_least_one_millisecond(Duration duration) {
  const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  if (count < 1) return 1;
  constexpr auto most = std::numeric_limits<int>::max();
  return count > most ? most : static_cast<int>(count);
}

// Options for a question that the cluster must answer within `timeout`.
[[nodiscard]] Result<AdminOptions> make_admin_options(rd_kafka_t* handle,
                                                      rd_kafka_admin_op_t operation,
                                                      Duration timeout);

}  // namespace tallymill::kafka
