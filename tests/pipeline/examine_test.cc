// Records looked at one at a time, without counting them.

#include "decode/decoder.h"
#include "pipeline/examine.h"
#include "support/passing_clock.h"
#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

// Refuses the records at these places.
class FakeRehearsal final : public Rehearsal {
 public:
  Result<std::optional<Error>> refusal(const Batch& batch) override {
    if (down) return Error(Reaction::retry, "connection_lost", "the database is away");
    const BatchRange& range = batch.ranges.at(0);
    if (!refused.contains({range.where, range.from})) return std::optional<Error>();
    return std::optional(Error(Reaction::reject, "22003", "out of range"));
  }

  RecordSet refused;
  bool down = false;
};

struct Bench {
  explicit Bench(const std::string& more = "") : world(counting_spec(more)), source(world.cluster) {
    world.cluster.create("events", 2);
    world.send(2, "a", 0);
    world.cluster.append("events", 0, "junk");
    world.cluster.append("events", 0, std::nullopt);
    world.send(2, "a", 1);
  }

  std::vector<OwnedRecord> read(std::size_t most = 100, std::int64_t from = 0) {
    const std::vector<Checkpoint> positions{{{"events", Partition(0)}, "", Offset(from), {}, {}},
                                            {{"events", Partition(1)}, "", Offset(0), {}, {}}};
    auto records = read_records(source, positions, most, clock, 5s);
    REQUIRE(records.ok());
    return std::move(records).value();
  }

  std::vector<Examined> examine_all() {
    const PipelineSpec& spec = world.spec.pipelines[0];
    std::vector<Examined> all;
    outcome = examine({spec, clock, source, [&spec] { return make_json_decoder(spec.fields); },
                       [&spec] { return make_evaluator(spec); }},
                      {}, read(), rehearsal, [&all](const Examined& one) { all.push_back(one); });
    return all;
  }

  World world;
  PassingClock clock;
  FakeSource source;
  FakeRehearsal rehearsal;
  Result<void> outcome;
};

}  // namespace

TEST_CASE("each record's fate is told, and nothing is counted") {
  Bench bench;
  bench.rehearsal.refused = {{{"events", Partition(1)}, Offset(1)}};
  const auto all = bench.examine_all();
  REQUIRE(bench.outcome.ok());
  REQUIRE(all.size() == 6);
  CHECK(all[0].fate == "used");
  CHECK(all[0].tables == std::vector<std::string>{"counts"});
  CHECK(all[2].offset == Offset(2));
  CHECK(all[2].fate == "rejected");
  CHECK(all[2].why.find("bad_json") != std::string::npos);
  CHECK(all[3].fate == "skipped");
  CHECK(all[4].fate == "used");
  CHECK(all[5].where == TopicPartition{"events", Partition(1)});
  CHECK(all[5].fate == "refused");
  CHECK(all[5].why == "out of range");
  CHECK(bench.world.database.tables.empty());
}

TEST_CASE("a record that would stop the pipeline does not stop the examination") {
  Bench bench("    on_error: stop\n");
  const auto all = bench.examine_all();
  REQUIRE(all.size() == 6);
  CHECK(all[2].fate == "stops");
  CHECK(all[2].why.find("events/0 offset 2") != std::string::npos);
  CHECK(all[5].fate == "used");
}

TEST_CASE("a store that does not answer says nothing of the record") {
  Bench bench;
  bench.rehearsal.down = true;
  CHECK(bench.examine_all().empty());
  CHECK_FALSE(bench.outcome.ok());
}

TEST_CASE("so many records of each partition are read, from where it is said") {
  Bench bench;
  CHECK(bench.read(1).size() == 2);
  CHECK(bench.read(100, 3).size() == 3);
  CHECK(bench.read(2, 4).size() == 2);
  bench.world.cluster.down = true;
  CHECK(bench.read().empty());
}

}  // namespace tallymill::testing
