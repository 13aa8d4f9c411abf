// What any program that reads this topic must at least do, to hold the daemon against: consume it
// with the daemon's own consumer settings, and, asked for more, find three fields in each event, or
// count views by campaign and window, which is what the benchmark's table must come to.
//
//   bare_consumer BROKERS TOPIC THREADS consume|parse
//   bare_consumer BROKERS TOPIC THREADS count ADS.CSV COUNTS.CSV
//   bare_consumer BROKERS TOPIC THREADS times TIMES.CSV     when some of the records were written
//
// Prints one line of JSON: records, seconds from the first record to the last, CPU seconds.

#include <librdkafka/rdkafka.h>
#include <simdjson.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "bench/bare_client.h"

namespace {

using tallymill::bench::connect;
using tallymill::bench::cpu_seconds;
using tallymill::bench::give_up;
using tallymill::bench::partitions_of;
using Steady = std::chrono::steady_clock;

// Views by campaign and window of 10 s.
using Counts = std::map<std::pair<std::int64_t, std::string>, std::int64_t>;
using Campaigns = std::unordered_map<std::string, std::string>;

Campaigns read_campaigns(const char* path) {
  Campaigns campaigns;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // The header.
  while (std::getline(file, line)) {
    const std::size_t comma = line.find(',');
    campaigns[line.substr(0, comma)] = line.substr(comma + 1);
  }
  if (campaigns.empty()) give_up(std::string("no ads in ") + path);
  return campaigns;
}

class Parser {
 public:
  struct Event {
    std::string_view ad_id;
    std::string_view event_type;
    std::string_view event_time;
  };

  Event parse(const void* payload, std::size_t size) {
    if (buffer_.size() < size + simdjson::SIMDJSON_PADDING) {
      buffer_.resize(2 * size + simdjson::SIMDJSON_PADDING);
    }
    std::memcpy(buffer_.data(), payload, size);
    Event event;
    simdjson::ondemand::document document;
    // In the order in which the generator writes them.
    if (parser_.iterate(buffer_.data(), size, buffer_.size()).get(document) ||
        document["ad_id"].get(event.ad_id) || document["event_type"].get(event.event_type) ||
        document["event_time"].get(event.event_time)) {
      give_up("an event that is none of the generator's");
    }
    return event;
  }

 private:
  simdjson::ondemand::parser parser_;
  std::vector<char> buffer_ = std::vector<char>(4096);
};

// One record in so many is worth a line of its own.
constexpr std::int64_t sampled_of = 499;

enum class Mode { consume, parse, count, times };

// One queue, as one of the daemon's fold workers has it.
class Reader {
 public:
  Reader(rd_kafka_t* handle, Mode mode, const Campaigns& campaigns)
      : mode_(mode), campaigns_(campaigns), queue_(rd_kafka_queue_new(handle)) {}

  void run(std::size_t partitions) {
    std::vector<rd_kafka_message_t*> messages(2048);
    for (std::size_t ended = 0; ended < partitions;) {
      const ssize_t got = rd_kafka_consume_batch_queue(queue_, 100, messages.data(), messages.size());
      for (ssize_t i = 0; i < got; ++i) {
        rd_kafka_message_t* const message = messages[static_cast<std::size_t>(i)];
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
          ++ended;
        } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
          give_up(rd_kafka_message_errstr(message));
        } else {
          take(*message);
        }
        rd_kafka_message_destroy(message);
      }
    }
    last = Steady::now();
  }

  void stop() { rd_kafka_queue_destroy(queue_); }
  [[nodiscard]] rd_kafka_queue_t* queue() const { return queue_; }

  std::int64_t records = 0;
  std::size_t bytes = 0;
  Steady::time_point first;
  Steady::time_point last;
  Counts counts;
  std::string times;  // partition,offset,milliseconds

 private:
  void take(const rd_kafka_message_t& message) {
    if (records++ == 0) first = Steady::now();
    if (mode_ == Mode::consume) {
      bytes += message.len;
      return;
    }
    if (mode_ == Mode::times) {
      if (message.offset % sampled_of == 0) {
        times += std::to_string(message.partition) + ',' + std::to_string(message.offset) + ',' +
                 std::to_string(rd_kafka_message_timestamp(&message, nullptr)) + '\n';
      }
      return;
    }
    const Parser::Event event = parser_.parse(message.payload, message.len);
    bytes += event.ad_id.size() + event.event_type.size() + event.event_time.size();
    if (mode_ == Mode::parse || event.event_type != "view") return;
    std::int64_t time = 0;
    std::from_chars(event.event_time.data(), event.event_time.data() + event.event_time.size(), time);
    const auto campaign = campaigns_.find(std::string(event.ad_id));
    if (campaign == campaigns_.end()) give_up("an ad without a campaign");
    ++counts[{time - time % 10'000, campaign->second}];
  }

  const Mode mode_;
  const Campaigns& campaigns_;
  rd_kafka_queue_t* const queue_;
  Parser parser_;
};

void write_counts(const std::vector<Reader>& readers, const char* path) {
  Counts all;
  for (const Reader& reader : readers) {
    for (const auto& [key, count] : reader.counts) all[key] += count;
  }
  std::ofstream file(path);
  for (const auto& [key, count] : all) file << key.first << ',' << key.second << ',' << count << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string_view, std::pair<Mode, int>> modes{
      {"consume", {Mode::consume, 5}}, {"parse", {Mode::parse, 5}},
      {"count", {Mode::count, 7}}, {"times", {Mode::times, 6}}};
  const auto found = modes.find(argc > 4 ? argv[4] : "");
  if (found == modes.end() || argc != found->second.second) {
    give_up("usage: bare_consumer BROKERS TOPIC THREADS consume|parse|count ADS COUNTS|times TIMES");
  }
  const Mode mode = found->second.first;
  const auto lanes = static_cast<std::size_t>(std::max(1, std::atoi(argv[3])));
  const Campaigns campaigns = mode == Mode::count ? read_campaigns(argv[5]) : Campaigns();

  rd_kafka_t* const handle = connect(argv[1], lanes, {});
  const int partitions = partitions_of(handle, argv[2]);
  std::vector<Reader> readers;
  std::vector<std::size_t> shares(lanes);
  for (std::size_t i = 0; i < lanes; ++i) readers.emplace_back(handle, mode, campaigns);
  rd_kafka_topic_partition_list_t* const all = rd_kafka_topic_partition_list_new(partitions);
  for (int i = 0; i < partitions; ++i) {
    rd_kafka_topic_partition_list_add(all, argv[2], i)->offset = 0;
    const std::size_t lane = static_cast<std::size_t>(i) % lanes;
    ++shares[lane];
    rd_kafka_queue_t* const own = rd_kafka_queue_get_partition(handle, argv[2], i);
    rd_kafka_queue_forward(own, readers[lane].queue());
    rd_kafka_queue_destroy(own);
  }
  if (rd_kafka_assign(handle, all) != RD_KAFKA_RESP_ERR_NO_ERROR) give_up("assigning");
  rd_kafka_topic_partition_list_destroy(all);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < lanes; ++i) {
    threads.emplace_back([&, i] { readers[i].run(shares[i]); });
  }
  for (std::thread& thread : threads) thread.join();

  std::int64_t records = 0;
  Steady::time_point first = Steady::time_point::max();
  Steady::time_point last = Steady::time_point::min();
  for (Reader& reader : readers) {
    records += reader.records;
    if (reader.records > 0) first = std::min(first, reader.first);
    last = std::max(last, reader.last);
  }
  if (mode == Mode::count) write_counts(readers, argv[6]);
  if (mode == Mode::times) {
    std::ofstream file(argv[5]);
    for (const Reader& reader : readers) file << reader.times;
  }
  const double seconds = records == 0 ? 0 : std::chrono::duration<double>(last - first).count();
  std::printf("{\"records\": %lld, \"seconds\": %.3f, \"cpu_seconds\": %.3f}\n",
              static_cast<long long>(records), seconds, cpu_seconds());
  for (Reader& reader : readers) reader.stop();
  rd_kafka_destroy(handle);
  return 0;
}
