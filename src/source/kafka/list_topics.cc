#include "source/kafka/list_topics.h"

#include "source/kafka/admin_options.h"
#include "source/kafka/errors.h"

namespace tallymill::kafka {

Result<std::vector<std::string>> list_topics(rd_kafka_t* handle, Duration timeout) {
  constexpr int all = 1;
  const rd_kafka_metadata_t* answer = nullptr;
  const auto code =
      rd_kafka_metadata(handle, all, nullptr, &answer, at_least_one_millisecond(timeout));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(code, "").within("listing the topics");
  const Metadata owned(answer);
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(answer->topic_cnt));
  for (int i = 0; i < answer->topic_cnt; ++i) names.emplace_back(answer->topics[i].topic);
  return names;
}

}  // namespace tallymill::kafka
