#include "source/kafka/admin.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "source/kafka/errors.h"

namespace tallymill::kafka {
namespace {

int milliseconds(Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

Result<AdminOptions> admin_options(rd_kafka_t* handle, rd_kafka_admin_op_t operation,
                                   Duration timeout) {
  AdminOptions options(rd_kafka_AdminOptions_new(handle, operation));
  std::array<char, 256> why{};
  if (rd_kafka_AdminOptions_set_request_timeout(options.get(), milliseconds(timeout), why.data(),
                                                why.size()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error(Reaction::stop, "kafka_admin", std::string("admin time-out: ") + why.data());
  }
  return options;
}

// Waits for the answer to the one question that `queue` was made for.
Result<Event> await(rd_kafka_queue_t* queue, Duration timeout, const char* what) {
  // A little longer than the request's own time-out, which then is the one that is reported.
  Event event(rd_kafka_queue_poll(queue, milliseconds(timeout) + 500));
  if (!event) {
    return Error(Reaction::retry, "_TIMED_OUT", std::string(what) + ": the cluster did not answer");
  }
  if (const auto error = rd_kafka_event_error(event.get())) {
    const char* words = rd_kafka_event_error_string(event.get());
    return to_error(error, words == nullptr ? "" : words).within(what);
  }
  return event;
}

Result<TopicInfo> to_topic_info(const rd_kafka_TopicDescription_t* description) {
  TopicInfo info;
  info.topic = rd_kafka_TopicDescription_name(description);
  if (const rd_kafka_error_t* error = rd_kafka_TopicDescription_error(description)) {
    const auto code = rd_kafka_error_code(error);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    } else if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
               code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_ID) {
      return info;
    } else {
      return to_error(code, rd_kafka_error_string(error)).within("topic " + info.topic);
    }
  }
  const rd_kafka_Uuid_t* id = rd_kafka_TopicDescription_topic_id(description);
  info.id = rd_kafka_Uuid_base64str(id);
  std::size_t count = 0;
  const auto** partitions = rd_kafka_TopicDescription_partitions(description, &count);
  for (std::size_t i = 0; i < count; ++i) {
    PartitionInfo partition;
    partition.partition = Partition(rd_kafka_TopicPartitionInfo_partition(partitions[i]));
    info.partitions.push_back(partition);
  }
  std::sort(info.partitions.begin(), info.partitions.end(),
            [](const PartitionInfo& a, const PartitionInfo& b) { return a.partition < b.partition; });
  return info;
}

}  // namespace

Result<std::vector<TopicInfo>> describe_topics(rd_kafka_t* handle,
                                               const std::vector<std::string>& topics,
                                               Duration timeout) {
  std::vector<const char*> names;
  for (const std::string& topic : topics) names.push_back(topic.c_str());
  const TopicCollection collection(
      rd_kafka_TopicCollection_of_topic_names(names.data(), names.size()));
  TRY_ASSIGN(const AdminOptions options,
             admin_options(handle, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, timeout));
  const Queue queue(rd_kafka_queue_new(handle));
  rd_kafka_DescribeTopics(handle, collection.get(), options.get(), queue.get());
  TRY_ASSIGN(const Event event, await(queue.get(), timeout, "describing topics"));

  std::size_t count = 0;
  const auto** descriptions = rd_kafka_DescribeTopics_result_topics(
      rd_kafka_event_DescribeTopics_result(event.get()), &count);
  std::map<std::string, TopicInfo> by_name;
  for (std::size_t i = 0; i < count; ++i) {
    TRY_ASSIGN(TopicInfo info, to_topic_info(descriptions[i]));
    by_name[info.topic] = std::move(info);
  }
  std::vector<TopicInfo> infos;
  for (const std::string& topic : topics) {
    TopicInfo& info = by_name[topic];
    info.topic = topic;
    infos.push_back(info);
  }
  return infos;
}

Result<std::vector<OffsetAnswer>> list_offsets(rd_kafka_t* handle,
                                               const std::vector<OffsetQuestion>& questions,
                                               Isolation isolation, Duration timeout) {
  std::vector<OffsetAnswer> answers(questions.size());
  if (questions.empty()) return answers;
  const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(questions.size())));
  std::map<std::pair<std::string, std::int64_t>, std::size_t> index;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const OffsetQuestion& question = questions[i];
    rd_kafka_topic_partition_list_add(list.get(), question.topic.c_str(),
                                      static_cast<std::int32_t>(question.partition.value()))
        ->offset = question.spec;
    index[{question.topic, question.partition.value()}] = i;
  }
  TRY_ASSIGN(const AdminOptions options,
             admin_options(handle, RD_KAFKA_ADMIN_OP_LISTOFFSETS, timeout));
  const KafkaError refused(rd_kafka_AdminOptions_set_isolation_level(
      options.get(), isolation == Isolation::read_committed
                         ? RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED
                         : RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED));
  if (refused) return Error(Reaction::stop, "kafka_admin", rd_kafka_error_string(refused.get()));
  const Queue queue(rd_kafka_queue_new(handle));
  rd_kafka_ListOffsets(handle, list.get(), options.get(), queue.get());
  TRY_ASSIGN(const Event event, await(queue.get(), timeout, "asking for offsets"));

  std::size_t count = 0;
  const auto** infos = rd_kafka_ListOffsets_result_infos(
      rd_kafka_event_ListOffsets_result(event.get()), &count);
  std::size_t answered = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto* partition = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
    const std::string where = std::string(partition->topic) + "/" + std::to_string(partition->partition);
    if (partition->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return to_error(partition->err, rd_kafka_err2str(partition->err)).within(where);
    }
    const auto found = index.find({partition->topic, partition->partition});
    if (found == index.end()) continue;
    answers[found->second] = {
        partition->offset, LeaderEpoch(rd_kafka_topic_partition_get_leader_epoch(partition))};
    ++answered;
  }
  if (answered != questions.size()) {
    return Error(Reaction::retry, "kafka_admin", "asking for offsets: some partitions are missing");
  }
  return answers;
}

}  // namespace tallymill::kafka
