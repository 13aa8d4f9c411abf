// What clients of Kafka cost that have nothing to read: the least that so many idle pipelines can.
//
//   idle_clients BROKERS TOPIC CLIENTS SECONDS [OPTION=VALUE ...]
//
// Prints one line of JSON: the share of a core that they took.

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "bench/bare_client.h"

namespace {

using tallymill::bench::connect;
using tallymill::bench::cpu_seconds;
using tallymill::bench::give_up;
using tallymill::bench::partitions_of;

// From its end, where it waits for records as a pipeline does.
void follow(rd_kafka_t* handle, const char* topic) {
  const int partitions = partitions_of(handle, topic);
  rd_kafka_topic_partition_list_t* const all = rd_kafka_topic_partition_list_new(partitions);
  for (int i = 0; i < partitions; ++i) {
    rd_kafka_topic_partition_list_add(all, topic, i)->offset = RD_KAFKA_OFFSET_END;
  }
  if (rd_kafka_assign(handle, all) != RD_KAFKA_RESP_ERR_NO_ERROR) give_up("assigning");
  rd_kafka_topic_partition_list_destroy(all);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) give_up("usage: idle_clients BROKERS TOPIC CLIENTS SECONDS [OPTION=VALUE ...]");
  const auto seconds = std::chrono::seconds(std::atoi(argv[4]));
  std::map<std::string, std::string> options;
  for (int i = 5; i < argc; ++i) {
    const std::string option = argv[i];
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos) give_up(option + " is not OPTION=VALUE");
    options[option.substr(0, equals)] = option.substr(equals + 1);
  }
  std::vector<rd_kafka_t*> clients;
  for (int i = 0; i < std::atoi(argv[3]); ++i) {
    clients.push_back(connect(argv[1], 1, options));
    follow(clients.back(), argv[2]);
  }
  std::this_thread::sleep_for(std::chrono::seconds(5));
  const double before = cpu_seconds();
  std::this_thread::sleep_for(seconds);
  const double took = cpu_seconds() - before;
  std::printf("{\"cores\": %.4f}\n", took / static_cast<double>(seconds.count()));
  // Ends here and now: fifty clients take long to say goodbye.
  std::fflush(stdout);
  std::_Exit(0);
}
