#include "source/kafka/admin.h"

#include <algorithm>
#include <map>
#include <utility>

#include "source/kafka/admin_options.h"
#include "source/kafka/errors.h"

namespace tallymill::kafka {
namespace {

Error no_answer(std::string_view what) {
  return Error(Reaction::retry, "_TIMED_OUT", "no broker answers").within(what);
}

std::optional<Error> error_of(rd_kafka_event_t* event) {
  const auto code = rd_kafka_event_error(event);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  // The client's deadline is ours; which of them is told first is chance.
  if (code == RD_KAFKA_RESP_ERR__TIMED_OUT) return to_error(code, "no broker answers");
  const char* words = rd_kafka_event_error_string(event);
  return to_error(code, words == nullptr ? "" : words);
}

Result<TopicInfo> to_topic_info(const rd_kafka_TopicDescription_t* description) {
  TopicInfo info;
  info.topic = rd_kafka_TopicDescription_name(description);
  const rd_kafka_error_t* error = rd_kafka_TopicDescription_error(description);
  const auto code = error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(error);
  if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
      code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_ID) {
    return info;
  }
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return to_error(code, rd_kafka_error_string(error)).within("topic " + info.topic);
  }
  info.id = rd_kafka_Uuid_base64str(rd_kafka_TopicDescription_topic_id(description));
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

OffsetAnswer to_answer(const rd_kafka_topic_partition_t& partition) {
  OffsetAnswer answer;
  if (partition.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    answer.error = to_error(partition.err, "");
  } else {
    answer.offset = partition.offset;
    answer.leader_epoch = LeaderEpoch(rd_kafka_topic_partition_get_leader_epoch(&partition));
  }
  return answer;
}

}  // namespace

Result<std::vector<TopicInfo>> describe_topics(rd_kafka_t* handle,
                                               const std::vector<std::string>& topics,
                                               Duration timeout) {
  if (topics.empty()) return std::vector<TopicInfo>();
  std::vector<const char*> names;
  for (const std::string& topic : topics) names.push_back(topic.c_str());
  const TopicCollection collection(
      rd_kafka_TopicCollection_of_topic_names(names.data(), names.size()));
  TRY_ASSIGN(const AdminOptions options,
             make_admin_options(handle, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, timeout));
  const Queue queue(rd_kafka_queue_new(handle));
  rd_kafka_DescribeTopics(handle, collection.get(), options.get(), queue.get());
  const EventPtr event(rd_kafka_queue_poll(queue.get(), at_least_one_millisecond(timeout)));
  if (!event) return no_answer("describing topics");
  if (const auto error = error_of(event.get())) return error->within("describing topics");

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
    infos.push_back(by_name[topic]);
    infos.back().topic = topic;
  }
  return infos;
}

Result<OffsetsRequest> OffsetsRequest::send(rd_kafka_t* handle,
                                            std::vector<OffsetQuestion> questions,
                                            Isolation isolation, Duration timeout) {
  const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(questions.size())));
  for (const OffsetQuestion& question : questions) {
    rd_kafka_topic_partition_list_add(list.get(), question.where.topic.c_str(),
                                      static_cast<std::int32_t>(question.where.partition.value()))
        ->offset = question.spec;
  }
  TRY_ASSIGN(const AdminOptions options,
             make_admin_options(handle, RD_KAFKA_ADMIN_OP_LISTOFFSETS, timeout));
  const KafkaError refused(rd_kafka_AdminOptions_set_isolation_level(
      options.get(), isolation == Isolation::read_committed
                         ? RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED
                         : RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED));
  if (refused) return Error(Reaction::stop, "kafka_admin", rd_kafka_error_string(refused.get()));
  Queue queue(rd_kafka_queue_new(handle));
  rd_kafka_ListOffsets(handle, list.get(), options.get(), queue.get());
  return OffsetsRequest(std::move(questions), std::move(queue));
}

std::optional<Result<std::vector<OffsetAnswer>>> OffsetsRequest::receive(Duration wait) {
  const int longest = wait <= Duration::zero() ? 0 : at_least_one_millisecond(wait);
  const EventPtr event(rd_kafka_queue_poll(queue_.get(), longest));
  if (!event) return std::nullopt;
  if (const auto error = error_of(event.get())) return error->within("asking for offsets");
  std::size_t count = 0;
  const auto** infos = rd_kafka_ListOffsets_result_infos(
      rd_kafka_event_ListOffsets_result(event.get()), &count);
  std::map<TopicPartition, OffsetAnswer> by_partition;
  for (std::size_t i = 0; i < count; ++i) {
    const auto* partition = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
    by_partition[{partition->topic, Partition(partition->partition)}] = to_answer(*partition);
  }
  std::vector<OffsetAnswer> answers;
  for (const OffsetQuestion& question : questions_) {
    const auto found = by_partition.find(question.where);
    answers.push_back(found != by_partition.end() ? std::move(found->second) : OffsetAnswer{});
    if (found == by_partition.end()) answers.back().error = no_answer(question.where.str());
  }
  return answers;
}

Result<std::vector<OffsetAnswer>> receive_all(OffsetsRequest& request, Duration timeout) {
  auto answers = request.receive(timeout);
  if (!answers) return no_answer("asking for offsets");
  if (!answers->ok()) return answers->error();
  for (const OffsetAnswer& answer : answers->value()) {
    if (answer.error) return answer.error->within("asking for offsets");
  }
  return *std::move(answers);
}

}  // namespace tallymill::kafka
