#include "model/time_counts.h"

#include <cstdlib>
#include <map>
#include <random>
#include <vector>

#include "support/catch.h"

namespace tallymill {
namespace {

std::map<std::int64_t, std::int64_t> cells(const TimeCounts& counts) {
  std::map<std::int64_t, std::int64_t> seen;
  counts.for_each([&seen](Timestamp time, std::int64_t count) { seen[time.microseconds()] += count; });
  return seen;
}
std::int64_t total(const TimeCounts& counts) {
  std::int64_t sum = 0;
  for (const auto& [time, count] : cells(counts)) sum += count;
  return sum;
}
TimeCounts of(const std::vector<std::int64_t>& times) {
  TimeCounts counts;
  for (const std::int64_t time : times) counts.add(Timestamp(time));
  return counts;
}

using Cells = std::map<std::int64_t, std::int64_t>;

TEST_CASE("times are counted in cells of 20 ms and stand in their middle") {
  CHECK(cells(TimeCounts()).empty());
  CHECK(cells(of({0, 19999, 20000, 20001})) == Cells{{10000, 2}, {30000, 2}});
}

TEST_CASE("a cell before 1970 is as wide as any other, and 0 is not in it") {
  CHECK(cells(of({-1, -20000, -20001, 0})) == Cells{{-30000, 1}, {-10000, 2}, {10000, 1}});
}

TEST_CASE("nothing is lost and nothing moves far, however far the times lie apart") {
  std::mt19937_64 random(61);
  for (const std::int64_t spread : {std::int64_t{1000}, std::int64_t{60000000}, std::int64_t{86400000000},
                                    Timestamp::max().microseconds()}) {
    TimeCounts counts;
    std::uniform_int_distribution<std::int64_t> any(-spread / 5, spread);
    for (int i = 0; i < 6000; ++i) counts.add(Timestamp(any(random)));
    CHECK(total(counts) == 6000);
    const Cells seen = cells(counts);
    CHECK(seen.size() <= 2048);
    // A cell is at most twice as wide as 2,048 of them would need.
    const std::int64_t widest = std::max<std::int64_t>(20000, spread / 2048 * 4);
    CHECK(seen.begin()->first >= -spread / 5 - widest);
    CHECK(seen.rbegin()->first <= spread + widest);
  }
}

TEST_CASE("a time is shown at most half a cell away, also after cells grew") {
  TimeCounts counts;
  // 5,000 cells of 20 ms become 1,250 of 80 ms.
  for (std::int64_t i = 0; i < 5000; ++i) counts.add(Timestamp(i * 20000));
  const Cells before = cells(counts);
  CHECK(before.size() == 1250);
  for (const std::int64_t time : {std::int64_t{12345}, std::int64_t{79999}, std::int64_t{80000}, std::int64_t{-1}}) {
    TimeCounts more = counts;
    more.add(Timestamp(time));
    std::size_t changed = 0;
    for (const auto& [middle, count] : cells(more)) {
      const auto found = before.find(middle);
      if (found != before.end() && found->second == count) continue;
      ++changed;
      CHECK(std::abs(middle - time) <= 40000);
      CHECK(count == (found == before.end() ? 0 : found->second) + 1);
    }
    CHECK(changed == 1);
  }
}

TEST_CASE("counts of several workers add up, whatever the width of their cells") {
  TimeCounts narrow = of({5, 25000});
  TimeCounts wide;
  for (std::int64_t i = 0; i < 4000; ++i) wide.add(Timestamp(i * 20000));
  TimeCounts one = narrow;
  one.add(wide);
  CHECK(total(one) == 4002);
  CHECK(cells(one).size() <= 2048);
  TimeCounts other = wide;
  other.add(narrow);
  CHECK(total(other) == 4002);
  other.add(TimeCounts());
  CHECK(total(other) == 4002);
  CHECK(cells(of({5, 25000})) == cells(narrow));
}

TEST_CASE("a copy and what it was copied from count apart, and what was moved from is usable") {
  TimeCounts first = of({0});
  TimeCounts copy = first;
  copy.add(Timestamp(0));
  first.add(Timestamp(0));
  first.add(Timestamp(0));
  CHECK(total(copy) == 2);
  CHECK(total(first) == 3);
  TimeCounts moved = std::move(first);
  moved.add(Timestamp(0));
  CHECK(total(moved) == 4);
  first = TimeCounts();
  first.add(Timestamp(0));
  CHECK(total(first) == 1);
  moved = copy;
  moved.add(Timestamp(0));
  CHECK(total(moved) == 3);
  CHECK(total(copy) == 2);
}

}  // namespace
}  // namespace tallymill
