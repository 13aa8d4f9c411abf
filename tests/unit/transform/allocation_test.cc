// Counts every allocation of the test program, to show that the steady state has none.

#include <cstdlib>
#include <new>
#include <string>

#include "aggregate/group_table.h"
#include "transform/evaluator.h"
#include "unit/transform/job.h"
#include "support/catch.h"

namespace {
std::size_t allocations = 0;
}  // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace tallymill {
namespace {

TEST_CASE("once groups and buffers are there, a record allocates nothing") {
  Job job;
  job.field("ad", Type::string).field("kind", Type::string).field("cost", Type::decimal);
  job.field("at", Type::timestamp).event_time(3);
  job.lookup("ads", expression::OnMiss::dead_letter);
  job.derive("campaign", "lookup(ads, ad).campaign + \"/\" + lower(kind)");
  job.aggregation({"stats",
                   "kind in [\"View\", \"Click\"]",
                   {{"campaign", "campaign"}, {"cost", "cost"}},
                   {{"n", "count(kind == \"Click\")"},
                    {"spend", "sum(cost * decimal(2))"},
                    {"mean", "avg(double(cost))"},
                    {"best", "max(ad)"},
                    {"newest", "last(campaign)"}},
                   std::chrono::seconds(10)});
  const PipelineSpec spec = job.build();
  const auto evaluator = make_evaluator(spec);
  evaluator->use_lookups({LookupTable::build({"ad", "campaign"}, "ad",
                                             {{"an ad with a name of some length", "one campaign"},
                                              {"another ad with a name of some length", "other"}})
                              .value()});
  GroupTable table(spec.aggregations[0]);
  const std::string names[] = {"an ad with a name of some length",
                               "another ad with a name of some length"};
  std::size_t folded = 0;
  const auto run = [&](std::int64_t records) {
    for (std::int64_t i = 0; i < records; ++i) {
      Record record;
      record.offset = Offset(i);
      const Value values[] = {Value::of(std::string_view(names[i % 2])),
                              Value::of(std::string_view(i % 3 == 0 ? "Click" : "View")),
                              Value::of(Decimal(i % 7, 2)), Value::of(Timestamp(i * 1000))};
      const Evaluation& evaluation = evaluator->evaluate(record, "ads", Partition(0), values);
      if (evaluation.kind != Evaluation::Kind::used) continue;
      const Contribution& contribution = evaluation.contributions[0];
      if (contribution.kind != Contribution::Kind::fold) continue;
      table.fold(contribution.key, contribution.arguments,
                 {*evaluation.event_time, Partition(0), record.offset});
      ++folded;
    }
  };
  run(1000);
  const std::size_t before = allocations;
  run(1000);
  const std::size_t after = allocations;
  CHECK(folded == 2000);
  CHECK(after - before == 0);
}

}  // namespace
}  // namespace tallymill
