#include "daemon/memory_shares.h"

#include "support/catch.h"

namespace tallymill {
namespace {

constexpr std::int64_t mebibyte = std::int64_t{1} << 20;

Spec spec_of(std::int64_t limit, std::size_t pipelines, std::size_t lookups) {
  Spec spec;
  spec.memory_limit = limit;
  spec.pipelines.resize(pipelines);
  for (PipelineSpec& pipeline : spec.pipelines) pipeline.lookups.resize(lookups);
  return spec;
}

}  // namespace

TEST_CASE("the shares of all pipelines, with the copies that a batch is in, stay within the limit") {
  for (const std::int64_t limit : {128, 512, 4096}) {
    for (const std::size_t pipelines : {1U, 2U, 4U}) {
      if (limit == 128 && pipelines > 2) continue;
      const auto shares = divide_memory(spec_of(limit * mebibyte, pipelines, 3));
      REQUIRE(shares.ok());
      const std::size_t of_each =
          shares->prefetch + 5 * shares->open_limit + 3 * 6 * shares->lookup_limit;
      CHECK(pipelines * of_each <= static_cast<std::size_t>(limit * mebibyte));
      CHECK(shares->open_limit > 0);
      CHECK(shares->lookup_limit > 0);
    }
  }
}

TEST_CASE("a limit too small for its pipelines is refused with the one that would do") {
  const Spec spec = spec_of(64 * mebibyte, 4, 0);
  const auto shares = divide_memory(spec);
  REQUIRE_FALSE(shares.ok());
  CHECK(shares.error().reaction() == Reaction::stop);
  const std::string floor = std::to_string(memory_floor(spec) / mebibyte) + "MiB";
  CHECK(shares.error().message().find(floor) != std::string::npos);
  CHECK(divide_memory(spec_of(static_cast<std::int64_t>(memory_floor(spec)), 4, 0)).ok());
}

TEST_CASE("a pipeline that goes on fits beside those that come, with what it fetches ahead") {
  for (const std::int64_t limit : {256, 512, 4096}) {
    const auto alone = divide_memory(spec_of(limit * mebibyte, 1, 3));
    REQUIRE(alone.ok());
    for (const std::size_t pipelines : {2U, 3U}) {
      const Spec spec = spec_of(limit * mebibyte, pipelines, 3);
      const auto kept = divide_around(spec, *alone);
      REQUIRE(kept);
      CHECK(kept->prefetch == alone->prefetch);
      CHECK(kept->largest_document == alone->largest_document);
      const auto added = divide_memory(spec);
      REQUIRE(added.ok());
      const auto needed = [](const MemoryShares& shares) {
        return shares.prefetch + 5 * shares.open_limit + 3 * 6 * shares.lookup_limit;
      };
      CHECK(needed(*kept) + (pipelines - 1) * needed(*added) <= static_cast<std::size_t>(limit * mebibyte));
      CHECK(kept->open_limit > mebibyte);
      CHECK(kept->lookup_limit == added->lookup_limit);
    }
  }
}

TEST_CASE("what a pipeline that goes on fetches ahead may be too much beside many others") {
  const auto alone = divide_memory(spec_of(512 * mebibyte, 1, 0));
  REQUIRE(alone.ok());
  CHECK(divide_around(spec_of(512 * mebibyte, 3, 0), *alone));
  CHECK_FALSE(divide_around(spec_of(512 * mebibyte, 4, 0), *alone));
  CHECK_FALSE(divide_around(spec_of(64 * mebibyte, 4, 0), *alone));
}

TEST_CASE("a pipeline that goes on has more when others are gone, but for what it fetches ahead") {
  const auto among = divide_memory(spec_of(512 * mebibyte, 4, 0));
  REQUIRE(among.ok());
  const auto alone = divide_around(spec_of(512 * mebibyte, 1, 0), *among);
  REQUIRE(alone);
  CHECK(alone->open_limit > 4 * among->open_limit);
  CHECK(alone->prefetch == among->prefetch);
}

}  // namespace tallymill
