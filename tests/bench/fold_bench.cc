// What one record costs from its decoded values to its group: the ad job's shape (a lookup, a
// filter, a window, three columns), and the same with columns that keep more.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "aggregate/group_table.h"
#include "transform/evaluator.h"
#include "unit/transform/job.h"

namespace tallymill {
namespace {

constexpr std::size_t records = 1'000'000;
constexpr int rounds = 5;
constexpr std::size_t distinct_records = 8'192;
constexpr std::size_t ads = 1000;
constexpr std::int64_t start_of_time = 1767225600000000;

// What a decoder would have made of the records, ready to hand: decoding is measured elsewhere.
struct Events {
  std::vector<std::string> ads;
  std::vector<std::array<Value, 5>> values;
};

Events make_events() {
  std::mt19937_64 random(7);
  Events events;
  for (std::size_t i = 0; i < distinct_records; ++i) {
    events.ads.push_back("0c9b53a1-5f1e-4d0c-9b1e-" + std::to_string(100000000000 + random() % ads));
  }
  for (std::size_t i = 0; i < distinct_records; ++i) {
    constexpr std::string_view types[] = {"view", "click", "purchase"};
    const std::int64_t time = start_of_time + static_cast<std::int64_t>(i) * 400;
    events.values.push_back({Value::of(std::string_view(events.ads[i])),
                             Value::of(types[random() % 3]),
                             Value::of(Decimal(static_cast<int128>(random() % 1000), 4)),
                             Value::of(static_cast<double>(random() % 100000) / 977),
                             Value::of(Timestamp(time))});
  }
  return events;
}

std::shared_ptr<const LookupTable> make_ads() {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < ads; ++i) {
    rows.push_back({"0c9b53a1-5f1e-4d0c-9b1e-" + std::to_string(100000000000 + i),
                    "3f0e6f0a-7c57-43a0-8d3c-" + std::to_string(200000000000 + i / 10)});
  }
  return LookupTable::build({"ad_id", "campaign_id"}, "ad_id", std::move(rows)).value();
}

Job ad_job() {
  Job job;
  job.field("ad_id", Type::string).field("event_type", Type::string).field("cost", Type::decimal);
  job.field("score", Type::float64).field("event_time", Type::timestamp).event_time(4);
  job.lookup("ads", expression::OnMiss::dead_letter);
  job.derive("campaign", "lookup(ads, ad_id).campaign_id");
  return job;
}

// The best of several rounds: whatever else runs on the machine only ever adds.
template <class Body>
double best_nanoseconds_each(std::size_t count, Body body) {
  double best = std::numeric_limits<double>::max();
  for (int round = 0; round < rounds; ++round) {
    const auto since = std::chrono::steady_clock::now();
    body();
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - since;
    best = std::min(best, taken.count() / static_cast<double>(count));
  }
  return best;
}

void measure(const char* name, Job job) {
  const PipelineSpec spec = job.build();
  const Events events = make_events();
  const auto evaluator = make_evaluator(spec);
  evaluator->use_lookups({make_ads()});
  Record record;
  record.value = "";
  const auto run = [&](GroupTable* table, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto& values = events.values[i % distinct_records];
      record.offset = Offset(static_cast<int128>(i));
      record.timestamp = values[4].timestamp();
      const Evaluation& evaluation = evaluator->evaluate(record, "ad-events", Partition(0), values);
      const Contribution& contribution = evaluation.contributions[0];
      if (table == nullptr || contribution.kind != Contribution::Kind::fold) continue;
      table->fold(contribution.key, contribution.arguments,
                  {*evaluation.event_time, Partition(0), record.offset});
    }
  };
  const auto folded = [&] {
    GroupTable table(spec.aggregations[0]);
    run(&table, records);
    return table;
  };

  const double evaluating = best_nanoseconds_each(records, [&] { run(nullptr, records); });
  GroupTable table(spec.aggregations[0]);
  run(&table, records);
  const double both = best_nanoseconds_each(records, [&] { run(&table, records); });
  const std::size_t groups = table.groups();
  const double bytes = static_cast<double>(table.memory_bytes()) / static_cast<double>(groups);
  std::vector<GroupTable> others;
  for (int round = 0; round < rounds; ++round) others.push_back(folded());
  const double merging = best_nanoseconds_each(groups, [&] {
    table.merge(std::move(others.back()));
    others.pop_back();
  });
  std::vector<GroupTable> ended;
  for (int round = 0; round < rounds; ++round) ended.push_back(folded());
  std::shared_ptr<const Rows> rows;
  const double sorting = best_nanoseconds_each(groups, [&] {
    rows = GroupTable::into_rows(std::move(ended.back()));
    ended.pop_back();
  });
  std::vector<Value> cells;
  const double reading = best_nanoseconds_each(groups, [&] {
    for (std::size_t row = 0; row < rows->size(); ++row) rows->read(row, cells);
  });
  std::printf("%-22s %8zu groups  evaluate %5.1f  with fold %5.1f ns/record   "
              "merge %6.1f  sort %6.1f  read %6.1f ns/group  %4.0f bytes/group\n",
              name, groups, evaluating, both, merging, sorting, reading, bytes);
}

JobAggregation campaign_stats() {
  return {"campaign_stats",
          "event_type in [\"view\", \"click\"]",
          {{"campaign", "campaign"}},
          {{"impressions", "count(event_type == \"view\")"},
           {"clicks", "count(event_type == \"click\")"},
           {"spend", "sum(cost)"}},
          std::chrono::seconds(10)};
}

void run_all() {
  measure("ad job", ad_job().aggregation(campaign_stats()));
  JobAggregation many = campaign_stats();
  many.group_by = {{"number", "_offset % 300000"}};
  measure("many groups", ad_job().aggregation(many));
  JobAggregation wide = campaign_stats();
  wide.columns = {{"spend", "avg(cost)"},     {"score", "sum(score)"}, {"best", "max(score)"},
                  {"first_ad", "min(ad_id)"}, {"last_ad", "last(ad_id)"}};
  measure("five wide columns", ad_job().aggregation(wide));
}

}  // namespace
}  // namespace tallymill

int main() { tallymill::run_all(); }
