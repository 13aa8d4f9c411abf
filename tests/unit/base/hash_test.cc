#include "base/hash.h"

#include <set>
#include <string>

#include "support/catch.h"

namespace tallymill {
namespace {

using namespace std::string_literals;

TEST_CASE("a stored hash is the same in every process and version") {
  // XXH3, 64 bits; the first is what its specification gives for no input.
  CHECK(stable_hash_bytes("") == 0x2d06800538d394c2U);
  CHECK(stable_hash_bytes("tallymill") == 0xbe4025d25c9105faU);
}

TEST_CASE("a hash continues from another, and the order counts") {
  const std::uint64_t ab = stable_hash_bytes("b", stable_hash_bytes("a"));
  CHECK(ab == stable_hash_bytes("b", stable_hash_bytes("a")));
  CHECK(ab != stable_hash_bytes("a", stable_hash_bytes("b")));
  CHECK(ab != stable_hash_bytes("ab"));
  CHECK(stable_hash_bytes("a", 1) != stable_hash_bytes("a", 2));
}

TEST_CASE("equal bytes have equal hashes within a process, and different ones hardly ever") {
  const std::string copy = "key-17";
  CHECK(hash_bytes("key-17") == hash_bytes(copy));
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 20000; ++i) seen.insert(hash_bytes("key-" + std::to_string(i)));
  CHECK(seen.size() == 20000);
  CHECK(hash_bytes("a") != hash_bytes("a\0"s));
}

TEST_CASE("nobody outside of the process can know its hashes") {
  // Seeded at random: one time in 2^64 the two agree.
  CHECK(hash_bytes("key-17") != stable_hash_bytes("key-17"));
}

}  // namespace
}  // namespace tallymill
