#include "source/kafka/admin_options.h"

#include <array>
#include <string>

namespace tallymill::kafka {

Result<AdminOptions> make_admin_options(rd_kafka_t* handle, rd_kafka_admin_op_t operation,
                                        Duration timeout) {
  AdminOptions options(rd_kafka_AdminOptions_new(handle, operation));
  std::array<char, 256> why{};
  if (rd_kafka_AdminOptions_set_request_timeout(options.get(), at_least_one_millisecond(timeout),
                                                why.data(),
                                                why.size()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error(Reaction::stop, "kafka_admin",
                 std::string("setting a time-out for Kafka: ") + why.data());
  }
  return options;
}

}  // namespace tallymill::kafka
