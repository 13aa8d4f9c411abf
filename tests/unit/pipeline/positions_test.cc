#include "pipeline/positions.h"

#include "support/catch.h"

namespace tallymill {
namespace {

const TopicPartition where{"t", Partition(0)};

Progress at(Offset next, std::optional<Offset> anchor = std::nullopt) {
  Progress progress;
  Checkpoint checkpoint{where, "id", next, LeaderEpoch(5), std::nullopt};
  if (anchor) checkpoint.anchor = Anchor{*anchor, Timestamp(0), 1};
  progress.checkpoints.push_back(checkpoint);
  return progress;
}

std::vector<TopicInfo> log_of(Offset start, Offset end, const char* id = "id") {
  return {{"t", id, {{Partition(0), start, end, LeaderEpoch(6)}}}};
}

Result<Positions> compare(const Progress& progress, const std::vector<TopicInfo>& topics,
                          OnDataLoss on_data_loss = OnDataLoss::record_gap,
                          const Truncations& truncations = {}) {
  return compare_with_log(progress, topics, on_data_loss, truncations);
}

}  // namespace

TEST_CASE("a checkpoint within the log is read on from, with its anchor to be verified") {
  const auto positions = compare(at(Offset(10), Offset(9)), log_of(Offset(0), Offset(20)));
  REQUIRE(positions.ok());
  CHECK(positions->gaps.empty());
  CHECK(positions->partitions.at(0).next == Offset(10));
  CHECK(positions->partitions.at(0).anchor_unverified);
  CHECK(positions->ends.at(0) == Offset(20));
}

TEST_CASE("an anchor that retention took cannot be verified") {
  const auto positions = compare(at(Offset(10), Offset(9)), log_of(Offset(10), Offset(20)));
  REQUIRE(positions.ok());
  CHECK_FALSE(positions->partitions.at(0).anchor_unverified);
}

TEST_CASE("what is gone is a gap with its range and cause, and reading goes on behind it") {
  struct Case {
    std::vector<TopicInfo> topics;
    Truncations truncations;
    Offset from;
    std::optional<Offset> to;
    std::string cause;
    Offset next;
  };
  const std::vector<Case> cases{
      {log_of(Offset(15), Offset(20)), {}, Offset(10), Offset(15), "retention", Offset(15)},
      {log_of(Offset(0), Offset(4)), {}, Offset(4), std::nullopt, "truncated", Offset(4)},
      {log_of(Offset(0), Offset(99)), {{where, Offset(8)}}, Offset(8), std::nullopt, "truncated", Offset(8)},
      {log_of(Offset(9), Offset(99)), {{where, Offset(8)}}, Offset(9), std::nullopt, "truncated", Offset(9)},
      {log_of(Offset(0), Offset(99)), {{where, std::nullopt}}, Offset(9), std::nullopt, "truncated", Offset(10)},
      {log_of(Offset(3), Offset(99), "new"), {}, Offset(10), std::nullopt, "recreated", Offset(3)},
  };
  for (const Case& one : cases) {
    CAPTURE(one.cause, one.next.str());
    const auto positions = compare(at(Offset(10), Offset(9)), one.topics, OnDataLoss::record_gap, one.truncations);
    REQUIRE(positions.ok());
    REQUIRE(positions->gaps.size() == 1);
    CHECK(positions->gaps[0].from == one.from);
    CHECK(positions->gaps[0].to == one.to);
    CHECK(positions->gaps[0].cause == one.cause);
    CHECK(positions->partitions.at(0).next == one.next);
    CHECK(positions->partitions.at(0).changed);
    CHECK(positions->partitions.at(0).leader_epoch == LeaderEpoch());

    const auto stopped = compare(at(Offset(10), Offset(9)), one.topics, OnDataLoss::stop, one.truncations);
    REQUIRE_FALSE(stopped.ok());
    CHECK(stopped.error().code() == "data_lost");
    CHECK(stopped.error().message().find("t partition 0 [" + one.from.str()) != std::string::npos);
  }
}

TEST_CASE("of several cuts the lowest counts, and none that a later batch has passed") {
  Progress progress = at(Offset(10), Offset(9));
  progress.sequence = 7;
  const Truncations cuts{{where, Offset(8), 7}, {where, Offset(5), 7}, {where, Offset(2), 6}};
  const auto positions =
      compare(progress, log_of(Offset(0), Offset(99)), OnDataLoss::record_gap, cuts);
  REQUIRE(positions.ok());
  REQUIRE(positions->gaps.size() == 1);
  CHECK(positions->gaps[0].from == Offset(5));
  CHECK(positions->partitions.at(0).next == Offset(5));
}

TEST_CASE("a topic made anew keeps the id that its stored checkpoint stands under") {
  const auto positions = compare(at(Offset(10)), log_of(Offset(0), Offset(2), "new"));
  REQUIRE(positions.ok());
  CHECK(positions->partitions.at(0).topic_id == "new");
  CHECK(positions->partitions.at(0).replaces_topic_id == "id");
}

TEST_CASE("a partition that is not there any more is a gap and is not read") {
  const auto positions = compare(at(Offset(10)), {{"t", "", {}}});
  REQUIRE(positions.ok());
  CHECK(positions->partitions.empty());
  REQUIRE(positions->gaps.size() == 1);
  CHECK(positions->gaps[0].cause == "deleted");
  REQUIRE(positions->closing.size() == 1);
  CHECK(positions->closing[0].from == Offset(10));
  CHECK(positions->closing[0].to == Offset(10));
  CHECK(positions->closing[0].topic_id == closed_id("id"));
  CHECK(positions->closing[0].replaces_topic_id == "id");
}

TEST_CASE("a partition that was read, and is not named with its topic, is asked for again") {
  const auto later = compare(at(Offset(10)), {{"t", "id", {}}}, OnDataLoss::record_gap);
  REQUIRE_FALSE(later.ok());
  CHECK(later.error().reaction() == Reaction::retry);
  CHECK(later.error().message().find("t without partition 0") != std::string::npos);
  // Of a topic that was made anew smaller, and nothing was read of it.
  Progress left = at(Offset(0));
  left.checkpoints[0].anchor.reset();
  CHECK(compare(left, {{"t", "id", {}}}, OnDataLoss::stop).ok());
}

TEST_CASE("a partition that was closed stays so while nothing is there, and its loss is told no more") {
  Progress closed = at(Offset(10));
  closed.checkpoints[0].topic_id = closed_id("id");
  // The topic is gone; or it was made anew with fewer partitions.
  for (const char* id : {"", "new"}) {
    const auto later = compare(closed, {{"t", id, {}}}, OnDataLoss::stop);
    REQUIRE(later.ok());
    CHECK(later->gaps.empty());
    CHECK(later->closing.empty());
    CHECK(later->partitions.empty());
  }
}

TEST_CASE("a topic that comes again is read from its first record, and one that was never away from where it stood") {
  Progress closed = at(Offset(2));
  closed.checkpoints[0].topic_id = closed_id("id");
  const auto anew = compare(closed, log_of(Offset(0), Offset(3), "new"), OnDataLoss::stop);
  REQUIRE(anew.ok());
  CHECK(anew->partitions.at(0).next == Offset(0));
  CHECK(anew->partitions.at(0).topic_id == "new");
  CHECK(anew->partitions.at(0).replaces_topic_id == closed_id("id"));
  const auto same = compare(closed, log_of(Offset(0), Offset(3)), OnDataLoss::stop);
  REQUIRE(same.ok());
  CHECK(same->partitions.at(0).next == Offset(2));
  CHECK(same->partitions.at(0).topic_id == "id");
  CHECK(same->partitions.at(0).replaces_topic_id == closed_id("id"));
}

}  // namespace tallymill
