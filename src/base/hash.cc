#include "base/hash.h"

#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/check.h"

namespace tallymill {
namespace {

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  CHECK(getrandom(&seed, sizeof seed, 0) == sizeof seed, "the kernel has random bytes");
  return seed;
}

}  // namespace

std::uint64_t hash_bytes(std::string_view bytes) {
  static const std::uint64_t seed = random_seed();
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::uint64_t stable_hash_bytes(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace tallymill
