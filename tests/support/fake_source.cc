#include "support/fake_source.h"

#include <algorithm>
#include <utility>

namespace tallymill::testing {

void FakeCluster::create(const std::string& topic, std::size_t partitions) {
  topics[topic] = {"topic-id-" + std::to_string(next_id_++), std::vector<Log>(partitions)};
}

void FakeCluster::append(const std::string& topic, std::size_t partition,
                         std::optional<std::string> value) {
  Log& log = topics[topic].partitions[partition];
  log.records.push_back({log.end, "", std::move(value), Timestamp(1'000'000 * (log.end + 1)),
                         log.leader_epoch});
  ++log.end;
}

void FakeCluster::append_hole(const std::string& topic, std::size_t partition) {
  ++topics[topic].partitions[partition].end;
}

void FakeCluster::delete_before(const std::string& topic, std::size_t partition,
                                std::int64_t offset) {
  Log& log = topics[topic].partitions[partition];
  log.start = offset;
  while (!log.records.empty() && log.records.front().offset < offset) log.records.pop_front();
}

void FakeCluster::truncate(const std::string& topic, std::size_t partition, std::int64_t offset) {
  Log& log = topics[topic].partitions[partition];
  log.end = offset;
  ++log.leader_epoch;
  while (!log.records.empty() && log.records.back().offset >= offset) log.records.pop_back();
}

void FakeCluster::compact(const std::string& topic, std::size_t partition, std::int64_t offset) {
  std::erase_if(topics[topic].partitions[partition].records,
                [offset](const LogRecord& record) { return record.offset == offset; });
}

void FakeCluster::recreate(const std::string& topic, std::size_t partitions) {
  create(topic, partitions);
}

void FakeCluster::add_partition(const std::string& topic) {
  topics[topic].partitions.emplace_back();
}

Result<std::vector<TopicInfo>> FakeSource::describe(const std::vector<std::string>& topics,
                                                    Duration /*timeout*/) {
  if (cluster_.down) return Error(Reaction::retry, "_TIMED_OUT", "the cluster did not answer");
  std::vector<TopicInfo> infos;
  for (const std::string& topic : topics) {
    TopicInfo info;
    info.topic = topic;
    if (const auto found = cluster_.topics.find(topic); found != cluster_.topics.end()) {
      info.id = found->second.id;
      std::int64_t partition = 0;
      for (const FakeCluster::Log& log : found->second.partitions) {
        info.partitions.push_back(
            {Partition(partition++), Offset(log.start), Offset(log.end), LeaderEpoch(log.leader_epoch)});
      }
    }
    infos.push_back(std::move(info));
  }
  return infos;
}

Result<std::vector<std::string>> FakeSource::list_topics(Duration /*timeout*/) {
  if (const auto meanwhile = std::exchange(before_list, nullptr)) meanwhile();
  if (cluster_.down) return Error(Reaction::retry, "_TIMED_OUT", "the cluster did not answer");
  std::vector<std::string> names;
  for (const auto& [name, topic] : cluster_.topics) {
    if (!cluster_.hidden.contains(name)) names.push_back(name);
  }
  return names;
}

Result<std::vector<TopicId>> FakeSource::topic_ids(const std::vector<std::string>& topics,
                                                   Duration timeout) {
  TRY_ASSIGN(const auto infos, describe(topics, timeout));
  std::vector<TopicId> ids;
  for (const TopicInfo& info : infos) ids.push_back(info.id);
  return ids;
}

Result<std::vector<Offset>> FakeSource::resolve(const TopicInfo& topic, StartPosition start,
                                                Duration /*timeout*/) {
  if (before_resolve) before_resolve();
  std::vector<Offset> offsets;
  for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
    const FakeCluster::Log& log = cluster_.topics[topic.topic].partitions[i];
    offsets.emplace_back(start.kind == StartPosition::Kind::earliest ? log.start : log.end);
  }
  return offsets;
}

Result<void> FakeSource::assign(const Assignment& assignment) {
  const std::lock_guard lock(mutex_);
  assignment_ = assignment;
  next_.clear();
  for (const AssignedPartition& partition : assignment.partitions) {
    next_.push_back(static_cast<std::int64_t>(partition.next_offset.value()));
  }
  stopped_.assign(next_.size(), false);
  return {};
}

void FakeSource::fetch(std::size_t lane, std::size_t max_records, Duration /*wait*/, Chunk& chunk) {
  const std::lock_guard lock(mutex_);
  if (inject && lane == 0) {
    chunk.epoch = inject->epoch;
    chunk.records = inject->records;
    chunk.reached = inject->reached;
    inject.reset();
    return;
  }
  chunk.epoch = assignment_.epoch;
  if (cluster_.down) return;
  const std::size_t most = std::min(max_records, records_per_fetch);
  for (std::size_t i = 0; i < assignment_.partitions.size() && chunk.records.size() < most; ++i) {
    const AssignedPartition& partition = assignment_.partitions[i];
    if (partition.lane != lane || stopped_[i]) continue;
    const auto number = static_cast<std::size_t>(partition.where.partition.value());
    auto& logs = cluster_.topics[partition.where.topic].partitions;
    if (number >= logs.size()) continue;
    FakeCluster::Log& log = logs[number];
    if (next_[i] < log.start || next_[i] > log.end) {
      events_.push_back({SourceEvent::Kind::out_of_range, assignment_.epoch, partition.where,
                         Offset(next_[i]), Error(Reaction::stop, "out_of_range", "out of range")});
      stopped_[i] = true;  // As librdkafka: one event, then silence.
      continue;
    }
    for (const FakeCluster::LogRecord& one : log.records) {
      if (one.offset < next_[i] || chunk.records.size() >= most) continue;
      Record record;
      record.source_partition = i;
      record.offset = Offset(one.offset);
      record.leader_epoch = LeaderEpoch(one.leader_epoch);
      record.timestamp = one.timestamp;
      if (one.value) record.value = *one.value;
      chunk.records.push_back(record);
      next_[i] = one.offset + 1;
    }
    if (chunk.records.size() < most) {
      chunk.reached.push_back({i, Offset(log.end)});
      next_[i] = log.end;
    }
  }
}

void FakeSource::report(SourceEvent::Kind kind, const TopicPartition& where,
                        std::optional<Offset> offset) {
  report({kind, assignment_.epoch, where, offset, Error(Reaction::stop, "reported", "reported")});
}

std::vector<SourceEvent> FakeSource::poll_events(Duration /*wait*/) {
  const std::lock_guard lock(mutex_);
  return std::exchange(events_, {});
}

std::vector<std::optional<Offset>> FakeSource::known_ends() {
  std::vector<std::optional<Offset>> ends;
  for (const AssignedPartition& partition : assignment_.partitions) {
    const auto number = static_cast<std::size_t>(partition.where.partition.value());
    const auto& logs = cluster_.topics[partition.where.topic].partitions;
    ends.push_back(number < logs.size() ? std::optional(Offset(logs[number].end)) : std::nullopt);
  }
  return ends;
}

void FakeSource::publish(const std::vector<Checkpoint>& checkpoints) { published = checkpoints; }

}  // namespace tallymill::testing
