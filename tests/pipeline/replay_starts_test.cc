// Where a rebuilt table begins, by what the topics still hold.

#include "pipeline/replay_starts.h"

#include "pipeline/replay.h"
#include "support/catch.h"
#include "support/process.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

// A pipeline that counted 20 records of `events` from offset 3 on, and 10 of `clicks`.
struct Counted {
  Counted() {
    for (const auto& [topic, from, to] :
         {std::tuple<const char*, int, int>{"clicks", 0, 10}, std::tuple<const char*, int, int>{"events", 3, 20}}) {
      world.cluster.create(topic, 1);
      for (int i = 0; i < to; ++i) world.cluster.append(topic, 0, event("a"));
      const TopicPartition where{topic, Partition(0)};
      standing.checkpoints.push_back({where, id(topic), Offset(to), {}, {}});
      standing.counts_since.push_back({where, id(topic), Offset(from), {}, {}});
    }
  }

  [[nodiscard]] TopicId id(const std::string& topic) { return world.cluster.topics.at(topic).id; }
  Result<ReplayStarts> starts(LoseTopics lose = LoseTopics::no, std::optional<Timestamp> from = std::nullopt) {
    FakeSource source(world.cluster);
    return replay_starts(shadow, standing, from, lose, source);
  }
  // Why it is refused.
  std::string refusal(LoseTopics lose = LoseTopics::no) {
    const auto refused = starts(lose);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code() == "replay_impossible");
    return refused.error().message();
  }

  World world;
  LiveStanding standing;
  PipelineSpec shadow = shadow_of(world.spec.pipelines[0], "counts", std::nullopt);
};

const Checkpoint& events_of(const Result<ReplayStarts>& starts) { return starts.value().checkpoints.at(1); }

}  // namespace

TEST_CASE("a replay starts where its table did, if the topic still holds that") {
  Counted counted;
  CHECK(events_of(counted.starts()).next_offset == Offset(3));
  CHECK(counted.starts()->lost.empty());
  SECTION("retention took some") {
    counted.world.cluster.delete_before("events", 0, 5);
    CHECK_THAT(counted.refusal(), Catch::Contains("events/0 [3, 5)") && Catch::Contains("tallymill reset") &&
                                      !Catch::Contains("--from"));
    counted.shadow.aggregations.front().window = 10s;
    CHECK_THAT(counted.refusal(), Catch::Contains("--from"));
  }
  SECTION("the log was cut") {
    counted.standing.was_cut = true;
    CHECK_THAT(counted.refusal(LoseTopics::yes), Catch::Contains("tallymill reset"));
  }
  SECTION("a partition that is not counted yet is left out") {
    counted.world.cluster.add_partition("events");
    CHECK(counted.starts()->checkpoints.size() == 2);
  }
}

TEST_CASE("windows from a time on are rebuilt from the first record that may belong to them") {
  Counted counted;
  const auto start = [&] { return events_of(counted.starts(LoseTopics::no, Timestamp(0))).next_offset; };
  // The fake cluster's answer to a time is the end of the log.
  CHECK(start() == Offset(20));
  counted.world.cluster.delete_before("events", 0, 5);
  CHECK(start() == Offset(20));
  // Not beyond what the pipeline has counted.
  counted.world.cluster.append("events", 0, event("a"));
  CHECK(start() == Offset(20));
}

TEST_CASE("where events may lie any time ahead of their records, only the start is safe") {
  Counted counted;
  counted.shadow.event_time.field = 0;
  const auto start = [&] { return events_of(counted.starts(LoseTopics::no, Timestamp(0))).next_offset; };
  CHECK(start() == Offset(3));
  counted.shadow.max_future = 1min;
  CHECK(start() == Offset(20));
}

TEST_CASE("without a topic that is gone a table is rebuilt only if somebody says so, and what falls out is named") {
  Counted counted;
  counted.world.cluster.topics.erase("clicks");
  // The pipeline stands before the loss: to rebuild behind it would never meet it.
  CHECK_THAT(counted.refusal(LoseTopics::yes), Catch::Contains("tallymill resume --accept-topic"));
  Checkpoint& clicks = counted.standing.checkpoints[0];
  clicks.topic_id = closed_id(clicks.topic_id);
  CHECK_THAT(counted.refusal(),
             Catch::Contains("topic clicks is gone") && Catch::Contains("tallymill replay --accept-topic"));
  const auto starts = counted.starts(LoseTopics::yes);
  REQUIRE(starts.ok());
  // As the pipeline stands, so that both do in the end.
  CHECK(starts->checkpoints[0].topic_id == clicks.topic_id);
  CHECK(starts->checkpoints[0].next_offset == clicks.next_offset);
  CHECK(events_of(starts).next_offset == Offset(3));
  CHECK(starts->lost == std::vector<std::string>{"clicks/0: the topic is gone"});
}

TEST_CASE("what was begun without a topic goes on only if that is said again") {
  Counted counted;
  CHECK(may_leave_out(counted.standing, LoseTopics::no).ok());
  SECTION("gone") { counted.standing.checkpoints[0].topic_id = closed_id(counted.id("clicks")); }
  SECTION("made anew") { counted.standing.checkpoints[1].topic_id = "another"; }
  const auto refused = may_leave_out(counted.standing, LoseTopics::no);
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().message(), Catch::Contains("tallymill replay --accept-topic"));
  CHECK(may_leave_out(counted.standing, LoseTopics::yes).ok());
}

TEST_CASE("of a topic that was made anew a table is rebuilt with what there is, if somebody says so") {
  Counted counted;
  counted.world.cluster.recreate("events", 1);
  for (int i = 0; i < 8; ++i) counted.world.cluster.append("events", 0, event("b"));
  CHECK_THAT(counted.refusal(LoseTopics::yes), Catch::Contains("tallymill resume --accept-topic"));
  Checkpoint& events = counted.standing.checkpoints[1];
  events.topic_id = counted.id("events");
  events.next_offset = Offset(6);
  CHECK_THAT(counted.refusal(), Catch::Contains("events was made anew") && Catch::Contains("--accept-topic"));
  const auto starts = counted.starts(LoseTopics::yes);
  REQUIRE(starts.ok());
  CHECK(events_of(starts).topic_id == events.topic_id);
  CHECK(events_of(starts).next_offset == Offset(0));
  CHECK(starts->lost.size() == 1);
  SECTION("and retention took what was counted") {
    counted.world.cluster.delete_before("events", 0, 3);
    CHECK_THAT(counted.refusal(LoseTopics::yes), Catch::Contains("events/0 [0, 3)"));
  }
  SECTION("with fewer partitions") {
    counted.standing.checkpoints.push_back({{"events", Partition(1)}, events.topic_id, Offset(0), {}, {}});
    counted.standing.counts_since.push_back({{"events", Partition(1)}, "former", Offset(0), {}, {}});
    const auto fewer = counted.starts(LoseTopics::yes);
    REQUIRE(fewer.ok());
    CHECK(fewer->checkpoints.size() == 3);
    CHECK(fewer->checkpoints[2].next_offset == Offset(0));
    CHECK(fewer->lost.size() == 2);
  }
}

}  // namespace tallymill::testing
