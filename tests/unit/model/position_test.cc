#include "model/position.h"

#include <limits>
#include <type_traits>

#include "model/record.h"
#include "support/catch.h"

namespace tallymill {
namespace {

TEST_CASE("an offset is the next to read, and the one after a record is one further") {
  CHECK(Offset() == Offset(0));
  CHECK(Offset(41).next() == Offset(42));
  CHECK(Offset(-1).next() == Offset(0));
}

TEST_CASE("an offset holds 128 bits, in order and in print") {
  const Offset kafka_last(std::numeric_limits<std::int64_t>::max());
  CHECK(kafka_last.next() > kafka_last);
  CHECK(kafka_last.next().str() == "9223372036854775808");
  const Offset wide(*parse_int128("170141183460469231731687303715884105726"));
  CHECK(wide.next().str() == "170141183460469231731687303715884105727");
  CHECK(wide > kafka_last);
  // The lower 64 bits alone are the other way round.
  CHECK(Offset(static_cast<int128>(1) << 64) > Offset((static_cast<int128>(1) << 64) - 1));
  CHECK(Offset(*parse_int128("18446744073709551616")) != Offset(0));
}

TEST_CASE("no leader epoch is below every one that there is") {
  CHECK(LeaderEpoch().value() == -1);
  CHECK(LeaderEpoch() < LeaderEpoch(0));
  CHECK(LeaderEpoch(4) < LeaderEpoch(5));
}

TEST_CASE("the epoch of an assignment grows") {
  const AssignmentEpoch first;
  CHECK(first.next() > first);
  CHECK(first.next().next().value() == 2);
}

TEST_CASE("partitions are ordered by topic, then by number, not by text") {
  const TopicPartition ninth{"ads", Partition(9)};
  const TopicPartition tenth{"ads", Partition(10)};
  const TopicPartition other{"logs", Partition(0)};
  CHECK(ninth < tenth);
  CHECK(tenth < other);
  CHECK(ninth == TopicPartition{"ads", Partition(9)});
  CHECK(tenth.str() == "ads/10");
}

TEST_CASE("a record without a value is a tombstone, one of an empty value is none") {
  Record record;
  CHECK_FALSE(record.value);
  CHECK_FALSE(record.key);
  CHECK(record.headers == nullptr);
  record.value = "";
  CHECK(record.value);
}

// Two numbers cannot be swapped.
static_assert(!std::is_convertible_v<int, Offset> && !std::is_convertible_v<int, Partition>);
static_assert(!std::is_convertible_v<int, LeaderEpoch> && !std::is_convertible_v<int, AssignmentEpoch>);
static_assert(!std::is_convertible_v<Offset, Partition> && !std::is_constructible_v<Partition, Offset>);

}  // namespace
}  // namespace tallymill
