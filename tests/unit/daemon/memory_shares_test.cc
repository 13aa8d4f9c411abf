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

}  // namespace tallymill
