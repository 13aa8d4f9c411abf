#include "base/digest.h"

#include <set>
#include <string>

#include "support/catch.h"

namespace tallymill {
namespace {

using namespace std::string_literals;

std::string hex(DigestBuilder& builder) { return to_hex(builder.finish()); }

TEST_CASE("a digest is the SHA-256 of each piece behind its length in eight bytes, least first") {
  // printf '\3\0\0\0\0\0\0\0abc' | sha256sum
  CHECK(to_hex(digest_of("abc")) == "ce91dc5eec0139adf091900d225971d6ad246a845bad791b5693a9d0d55dd391");
  // printf '\0\0\0\0\0\0\0\0' | sha256sum
  CHECK(to_hex(digest_of("")) == "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc");
  // printf '\376\377\377\377\377\377\377\377' | sha256sum
  DigestBuilder number;
  number.add(std::int64_t{-2});
  CHECK(hex(number) == "81b37f7f8b78762feb067131152a700548754f937a0668c1f327d2ee1a2d2801");
}

TEST_CASE("pieces cannot flow into each other") {
  const auto of_two = [](std::string_view first, std::string_view second) {
    DigestBuilder builder;
    builder.add(first).add(second);
    return hex(builder);
  };
  const std::set<std::string> all = {of_two("ab", "c"), of_two("a", "bc"), of_two("", "abc"), of_two("abc", ""),
                                     to_hex(digest_of("abc")), of_two("c", "ab")};
  CHECK(all.size() == 6);
  CHECK(of_two("ab", "c") == of_two("ab", "c"));
}

TEST_CASE("a digest tells every byte, NUL too, and every number") {
  CHECK(digest_of("a") != digest_of("a\0"s));
  CHECK(digest_of("a\0b"s) != digest_of("a\0c"s));
  std::set<std::string> all;
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{1}, std::int64_t{256}, std::int64_t{-1},
                                    std::int64_t{1} << 32, INT64_MIN, INT64_MAX}) {
    DigestBuilder builder;
    builder.add(number);
    all.insert(hex(builder));
  }
  CHECK(all.size() == 7);
}

TEST_CASE("a builder that is moved goes on where it was") {
  DigestBuilder first;
  first.add("a");
  DigestBuilder second = std::move(first);
  second.add("b");
  DigestBuilder whole;
  whole.add("a").add("b");
  CHECK(hex(second) == hex(whole));
}

TEST_CASE("a digest is shown in 64 lower-case hexadecimal digits") {
  Digest digest{};
  digest[0] = std::byte{0x0f};
  digest[31] = std::byte{0xa0};
  CHECK(to_hex(digest) == "0f" + std::string(60, '0') + "a0");
}

}  // namespace
}  // namespace tallymill
