// The way of a record from its bytes into its group, and nothing else: a fixed input through decode,
// expressions, group and fold, as a fold worker does it. What it prints is the number of records that
// were used; what it costs is counted by whoever runs it (tests/bench/instructions).
//
//   record_path ROUNDS      each of 20,000 ad events, that is ten chunks

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "aggregate/catalog.h"
#include "config/load.h"
#include "decode/decoder.h"
#include "model/lookup_table.h"
#include "pipeline/fold_worker.h"
#include "support/manual_clock.h"
#include "transform/evaluator.h"

namespace tallymill::testing {
namespace {

constexpr std::size_t events = 20'000;
constexpr std::size_t chunk = 2'000;

constexpr const char* config = R"(
kafka: {brokers: "localhost:1"}
postgres: {dsn: "host=localhost"}
pipelines:
  ads:
    source:
      topics: [ad-events]
      fields: {ad_id: string, event_type: string, cost: {type: decimal, default: "0"}}
    event_time: {field: event_time, unit: ms}
    lookups:
      ads: {file: ads.csv, key: ad_id}
    derive:
      campaign: lookup(ads, ad_id).campaign_id
    aggregations:
      campaign_stats:
        where: event_type in ["view", "click"]
        window: 10s
        group_by: [campaign]
        columns:
          impressions: count(event_type == "view")
          clicks: count(event_type == "click")
          spend: sum(cost)
)";

// The same on every machine.
class Numbers {
 public:
  std::uint64_t below(std::uint64_t limit) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33) % limit;
  }

 private:
  std::uint64_t state_ = 1;
};

std::string id(std::uint64_t number) {
  char text[64];
  std::snprintf(text, sizeof text, "%08llx-4a7b-4c1d-8e2f-0123456789ab",
                static_cast<unsigned long long>(number * 2654435761U));
  return text;
}

std::vector<std::string> make_events() {
  Numbers numbers;
  constexpr const char* types[] = {"view", "click", "purchase"};
  std::vector<std::string> made;
  for (std::size_t i = 0; i < events; ++i) {
    made.push_back("{\"user_id\": \"" + id(numbers.below(100)) + "\", \"page_id\": \"" +
                   id(numbers.below(100)) + "\", \"ad_id\": \"" + id(numbers.below(1000)) +
                   "\", \"ad_type\": \"banner\", \"event_type\": \"" + types[numbers.below(3)] +
                   "\", \"event_time\": \"" + std::to_string(1'767'225'600'000 + i / 200) +
                   "\", \"ip_address\": \"1.2.3.4\", \"cost\": \"0.0" +
                   std::to_string(100 + numbers.below(900)) + "\"}");
  }
  return made;
}

std::shared_ptr<const LookupTable> make_ads() {
  std::vector<std::vector<std::string>> rows;
  for (std::uint64_t i = 0; i < 1000; ++i) rows.push_back({id(i), id(5000 + i / 10)});
  return LookupTable::build({"ad_id", "campaign_id"}, "ad_id", std::move(rows)).value();
}

// Hands out the same records again and again, with offsets that go on.
class CannedSource final : public Source {
 public:
  explicit CannedSource(const std::vector<std::string>& values) : values_(values) {}

  Result<std::vector<TopicInfo>> describe(const std::vector<std::string>&, Duration) override {
    return std::vector<TopicInfo>();
  }
  Result<std::vector<std::string>> list_topics(Duration) override {
    return std::vector<std::string>();
  }
  Result<std::vector<TopicId>> topic_ids(const std::vector<std::string>&, Duration) override {
    return std::vector<TopicId>();
  }
  Result<std::vector<Offset>> resolve(const TopicInfo&, StartPosition, Duration) override {
    return std::vector<Offset>();
  }
  Result<void> assign(const Assignment&) override { return {}; }
  void fetch(std::size_t, std::size_t, Duration, Chunk& out) override {
    out.epoch = AssignmentEpoch(1);
    for (std::size_t i = 0; i < chunk; ++i, ++next_) {
      Record record;
      record.offset = Offset(static_cast<std::int64_t>(next_));
      record.timestamp = Timestamp(1'767'225'600'000'000);
      record.value = values_[next_ % values_.size()];
      out.records.push_back(record);
    }
  }
  void wake(std::size_t) override {}
  std::vector<SourceEvent> poll_events(Duration) override { return {}; }
  std::vector<std::optional<Offset>> known_ends() override { return {}; }
  void publish(const std::vector<Checkpoint>&) override {}
  std::size_t prefetched_bytes() override { return 0; }

 private:
  const std::vector<std::string>& values_;
  std::size_t next_ = 0;
};

int run(int rounds) {
  const auto nothing = [](const std::string&) { return std::optional<std::string>(); };
  const Loaded loaded = load_config_text("bench.yaml", config, aggregate_catalog(), nothing);
  if (!loaded.spec) {
    std::fputs(render(loaded.problems).c_str(), stderr);
    return 1;
  }
  const PipelineSpec& spec = loaded.spec->pipelines[0];
  const std::vector<std::string> values = make_events();
  CannedSource source(values);
  ManualClock clock;
  FoldWorker worker(spec, source, clock, 0, make_json_decoder(spec.fields), make_evaluator(spec),
                    [] { return false; });
  worker.use_lookups({make_ads()});
  PartitionProgress partition;
  partition.where = {"ad-events", Partition(0)};
  worker.begin(AssignmentEpoch(1), {partition});
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < events / chunk; ++i) (void)worker.step(Duration::zero());
  }
  const Part part = worker.take();
  std::printf("%lld used, %lld rejected, %zu groups\n", static_cast<long long>(part.counts.used),
              static_cast<long long>(part.counts.rejected), part.tables[0].groups());
  return part.counts.rejected == 0 && part.counts.used > 0 ? 0 : 1;
}

}  // namespace
}  // namespace tallymill::testing

int main(int argc, char** argv) {
  return tallymill::testing::run(argc > 1 ? std::atoi(argv[1]) : 1);
}
