// The small judges of the loop: back-off, leases, stalled partitions, the share of rejects.

#include "pipeline/backoff.h"
#include "pipeline/lease_watch.h"
#include "pipeline/reject_ratio.h"
#include "pipeline/watchdog.h"
#include "support/catch.h"

namespace tallymill {

using namespace std::chrono_literals;

TEST_CASE("waits double up to a bound and are jittered over their upper half") {
  Backoff backoff(100ms, 2s, 7);
  Duration whole = 100ms;
  for (int i = 0; i < 40; ++i) {
    const Duration wait = backoff.next();
    CHECK(wait >= whole / 2);
    CHECK(wait <= whole);
    whole = std::min<Duration>(2s, whole * 2);
  }
  backoff.reset();
  CHECK(backoff.next() <= 100ms);
  CHECK(Backoff(1s, 1s, 1).next() != Backoff(1s, 1s, 99).next());
}

TEST_CASE("a lease is over when its counter has not moved for so long on our own clock") {
  LeaseWatch watch(6s);
  const SteadyTime start{1h};
  CHECK_FALSE(watch.over());
  CHECK_FALSE(watch.saw({"b", "sb", 1}, start));
  CHECK(watch.saw({"b", "sb", 2}, start + 5s));
  for (const auto passed : {7s, 9s, 10s}) {
    CHECK_FALSE(watch.saw({"b", "sb", 2}, start + passed));
    CHECK_FALSE(watch.over());
  }
  CHECK_FALSE(watch.saw({"b", "sb", 2}, start + 11s));
  const auto over = watch.over();
  REQUIRE(over);
  CHECK(over->counter == 2);
}

TEST_CASE("a look that took long, or came late, judges nobody by itself") {
  LeaseWatch watch(6s);
  const SteadyTime start{1h};
  watch.saw({"b", "sb", 1}, start);
  watch.saw({"b", "sb", 1}, start + 60s);
  CHECK_FALSE(watch.over());
  watch.saw({"b", "sb", 1}, start + 62s);
  CHECK_FALSE(watch.over());
  watch.saw({"b", "sb", 1}, start + 63s);
  CHECK(watch.over());
}

TEST_CASE("a lease that was given up is over at once") {
  LeaseWatch watch(6s);
  watch.saw({"b", "", 3}, SteadyTime{1h});
  CHECK(watch.over());
}

TEST_CASE("whatever takeover is, a death is judged before it is over, and renewals have some to spare") {
  for (const Duration takeover : {Duration(1s), Duration(3s), Duration(5min)}) {
    const LeaseTimes times = LeaseTimes::within(takeover);
    CHECK(times.patience + 2 * times.observation < takeover);
    CHECK(times.renewal * 4 <= times.patience);
  }
}

namespace {

struct Stalling {
  Watchdog watchdog{60s};
  TopicPartition where{"t", Partition(0)};
  SteadyTime now{1h};

  std::size_t look(Offset next, std::optional<Offset> end, bool held = false) {
    PartitionProgress partition;
    partition.where = where;
    partition.next = next;
    std::map<TopicPartition, Offset> ends;
    if (end) ends[where] = *end;
    return watchdog.look({partition}, ends, held, now).size();
  }
};

}  // namespace

TEST_CASE("a partition that is behind and does not move is stalled, once per patience") {
  Stalling s;
  CHECK(s.look(Offset(5), Offset(9)) == 0);
  s.now += 59s;
  CHECK(s.look(Offset(5), Offset(9)) == 0);
  s.now += 1s;
  CHECK(s.look(Offset(5), Offset(9)) == 1);
  CHECK(s.look(Offset(5), Offset(9)) == 0);
  s.now += 60s;
  CHECK(s.look(Offset(5), Offset(9)) == 1);
}

TEST_CASE("one that moves, is at its end, has an unknown end or is held is not stalled") {
  for (int way = 0; way < 4; ++way) {
    CAPTURE(way);
    Stalling s;
    std::size_t stalled = 0;
    for (int i = 0; i < 10; ++i) {
      s.now += 30s;
      if (way == 0) stalled += s.look(Offset(i), Offset(90));
      if (way == 1) stalled += s.look(Offset(5), Offset(5));
      if (way == 2) stalled += s.look(Offset(5), std::nullopt);
      if (way == 3) stalled += s.look(Offset(5), Offset(9), true);
    }
    CHECK(stalled == 0);
  }
}

namespace {

BatchCounts counts(std::int64_t read, std::int64_t unusable) {
  BatchCounts made;
  made.read = read;
  made.unusable = unusable;
  return made;
}

}  // namespace

TEST_CASE("the share of rejects is over the last batches that hold 10,000 records") {
  RejectRatio ratio;
  CHECK(ratio.with(counts(1'000, 100)) == Approx(0.1));
  ratio.committed(counts(9'000, 0));
  CHECK(ratio.with(counts(1'000, 1'000)) == Approx(0.1));
  ratio.committed(counts(20'000, 10'000));
  CHECK(ratio.with(counts(1'000, 0)) == Approx(10'000.0 / 21'000));
  CHECK(ratio.with(counts(10'000, 1'000)) == Approx(0.1));
}

TEST_CASE("a bad record on a quiet topic is no share") {
  RejectRatio ratio;
  CHECK(ratio.with(counts(99, 99)) == 0);
  CHECK(ratio.with(counts(100, 99)) == Approx(0.99));
}

}  // namespace tallymill
