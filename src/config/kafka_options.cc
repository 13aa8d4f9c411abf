#include "config/kafka_options.h"

#include <array>

namespace tallymill {
namespace {

struct Owned {
  std::string_view name;  // Ending in * for all that start so.
  std::string_view reason;
};

constexpr std::string_view checkpoint = "the checkpoint in Postgres alone says where reading goes on";
constexpr std::string_view memory = "prefetch is derived from memory_limit and the number of "
                                    "partitions";
constexpr std::string_view assigned = "partitions are assigned by the checkpoint, not by a consumer "
                                      "group";
constexpr std::string_view internal = "the daemon installs its own";

constexpr std::array rows{
    Owned{"bootstrap.servers", "write kafka.brokers instead"},
    Owned{"metadata.broker.list", "write kafka.brokers instead"},
    Owned{"group.id", "write source.group_id instead"},
    Owned{"client.id", "it is set from instance"},
    Owned{"isolation.level", "write source.isolation instead"},
    Owned{"topic.metadata.refresh.interval.ms", "write kafka.metadata_refresh instead"},
    Owned{"auto.offset.reset", checkpoint},
    Owned{"enable.auto.commit", checkpoint},
    Owned{"auto.commit.enable", checkpoint},
    Owned{"auto.commit.interval.ms", checkpoint},
    Owned{"enable.auto.offset.store", checkpoint},
    Owned{"offset.store.method", checkpoint},
    Owned{"offset.store.path", checkpoint},
    Owned{"offset.store.sync.interval.ms", checkpoint},
    Owned{"group.instance.id", assigned},
    Owned{"group.protocol", assigned},
    Owned{"group.protocol.type", assigned},
    Owned{"group.remote.assignor", assigned},
    Owned{"partition.assignment.strategy", assigned},
    Owned{"max.poll.interval.ms", assigned},
    Owned{"check.crcs", "a damaged record must be noticed, so it is always true"},
    Owned{"enable.partition.eof", "the checkpoint follows control records at the end of a partition, "
                                  "so it is always true"},
    Owned{"allow.auto.create.topics", "reading a topic must not create it"},
    Owned{"statistics.interval.ms", "lag and memory are measured from it"},
    Owned{"queued.min.messages", memory},
    Owned{"queued.max.messages.kbytes", memory},
    Owned{"fetch.message.max.bytes", memory},
    Owned{"max.partition.fetch.bytes", memory},
    Owned{"fetch.max.bytes", memory},
    Owned{"fetch.queue.backoff.ms", memory},
    Owned{"test.*", "it makes a cluster that is not there"},
    Owned{"plugin.library.paths", "it loads foreign code into the daemon"},
    Owned{"interceptors", internal},
    Owned{"opaque", internal},
    Owned{"consume_cb", internal},
    Owned{"dr_cb", internal},
    Owned{"dr_msg_cb", internal},
    Owned{"error_cb", internal},
    Owned{"log_cb", internal},
    Owned{"stats_cb", internal},
    Owned{"throttle_cb", internal},
    Owned{"rebalance_cb", internal},
    Owned{"offset_commit_cb", internal},
    Owned{"socket_cb", internal},
    Owned{"connect_cb", internal},
    Owned{"closesocket_cb", internal},
    Owned{"open_cb", internal},
    Owned{"resolve_cb", internal},
    Owned{"background_event_cb", internal},
    Owned{"oauthbearer_token_refresh_cb", internal},
    Owned{"ssl.certificate.verify_cb", internal},
    Owned{"default_topic_conf", internal},
    Owned{"enabled_events", internal},
};

}  // namespace

std::string owned_option_reason(std::string_view name) {
  for (const Owned& row : rows) {
    const bool is_prefix = row.name.back() == '*';
    const std::string_view text = row.name.substr(0, row.name.size() - (is_prefix ? 1 : 0));
    if (is_prefix ? name.substr(0, text.size()) == text : name == text) {
      return std::string(row.reason);
    }
  }
  return {};
}

}  // namespace tallymill
