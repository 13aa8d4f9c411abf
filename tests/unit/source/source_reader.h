#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mock_kafka.h"
#include "source/kafka/kafka_source.h"

namespace tallymill {

[[nodiscard]] inline KafkaSourceOptions options_for(const MockKafka& kafka) {
  KafkaSourceOptions options;
  options.kafka.brokers = kafka.brokers();
  options.source.group_id = "tallymill.test";
  options.secrets = [](const SecretSource& source) -> Result<Secret> {
    return std::get<SecretSource::Literal>(source.from).value;
  };
  return options;
}

// Reads a source and keeps copies of all that it delivered.
class SourceReader {
 public:
  struct Row {
    std::size_t source_partition;
    Offset offset;
    std::optional<std::string> value;
    std::uint64_t epoch;
  };

  explicit SourceReader(const KafkaSourceOptions& options) {
    auto opened = KafkaSource::open(options);
    CHECK(opened.ok(), "the source opens");
    source_ = std::move(opened).value();
  }
  explicit SourceReader(const MockKafka& kafka) : SourceReader(options_for(kafka)) {}

  Source& operator*() { return *source_; }
  Source* operator->() { return source_.get(); }

  // Assigns the partitions from 0 on, each at its position, all to lane 0.
  void assign(std::uint64_t epoch, const std::string& topic, const std::vector<int>& positions,
              int leader_epoch = -1) {
    Assignment assignment;
    assignment.epoch = AssignmentEpoch(epoch);
    for (std::size_t i = 0; i < positions.size(); ++i) {
      assignment.partitions.push_back({{topic, Partition(static_cast<std::int64_t>(i))},
                                       Offset(positions[i]), LeaderEpoch(leader_epoch), 0});
    }
    const auto assigned = source_->assign(assignment);
    CHECK(assigned.ok(), "the source takes the assignment");
  }

  // Fetches and polls until `done` holds; false if that takes too long.
  bool read_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      step();
    }
    return true;
  }
  bool read_rows(std::size_t count) {
    return read_until([&] { return rows.size() >= count; });
  }
  bool read_to(std::size_t partition, int position) {
    return read_until([&] { return reached[partition] >= Offset(position); });
  }
  bool read_events(std::size_t count) {
    return read_until([&] { return events.size() >= count; });
  }

  void step() {
    Chunk chunk;
    source_->fetch(0, 100, std::chrono::milliseconds(5), chunk);
    for (const Record& record : chunk.records) {
      std::optional<std::string> value;
      if (record.value) value = std::string(*record.value);
      rows.push_back({record.source_partition, record.offset, value, chunk.epoch.value()});
    }
    for (const Chunk::Reached& one : chunk.reached) {
      reached[one.source_partition] = one.position;
    }
    for (SourceEvent& event : source_->poll_events(Duration::zero())) {
      events.push_back(std::move(event));
    }
  }

  [[nodiscard]] std::vector<std::string> values() const {
    std::vector<std::string> all;
    for (const Row& row : rows) all.push_back(row.value.value_or("(tombstone)"));
    return all;
  }

  std::vector<Row> rows;
  std::map<std::size_t, Offset> reached;
  std::vector<SourceEvent> events;

 private:
  std::unique_ptr<Source> source_;
};

}  // namespace tallymill
