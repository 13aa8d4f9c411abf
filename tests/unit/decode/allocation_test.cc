// Counts every allocation of the test program, to show that what nobody reads costs none, and what it holds, to
// show that nothing stays of a document that was large.

#include <malloc.h>

#include <cstdlib>
#include <new>
#include <string>

#include "decode/json/survey.h"
#include "support/catch.h"
#include "unit/decode/reading.h"

namespace {
std::size_t allocations = 0;
std::size_t held = 0;  // Bytes.
}  // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  held += malloc_usable_size(memory);
  return memory;
}
void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept {
  held -= malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace tallymill {
namespace {

TEST_CASE("once its buffers are there, a decoder allocates nothing, however much nobody reads") {
  Reading reading({a_field({"k"}, Type::string), a_field({"n"}, Type::int64),
                   optional(a_field({"user", "id"}, Type::string))});
  std::string document = R"({"k": "a string that is longer than a small one", "n": "12345")";
  for (int i = 0; i < 2000; ++i) {
    document += ", \"unread " + std::to_string(i) + R"(": {"text": "another string of some length", "list": [1, 2.5]})";
  }
  document += R"(, "user": {"id": "an id that is longer than a small string"}})";
  REQUIRE(reading.fate(document).empty());
  const std::size_t before = allocations;
  std::size_t refused = 0;
  for (int i = 0; i < 20; ++i) refused += reading.fate(document).empty() ? 0 : 1;
  const std::size_t made = allocations - before;
  CHECK(before > 0);
  CHECK(refused == 0);
  CHECK(made == 0);
  CHECK(shown(reading.at(2)) == "string an id that is longer than a small string");
}

TEST_CASE("a document of very many keys leaves no memory behind") {
  Reading reading({a_field({"k"}, Type::string)});
  std::string document = R"({"k": "v")";
  for (int i = 0; i < 300'000; ++i) document += R"(,"":1)";
  document += "}";
  REQUIRE(reading.fate(R"({"k": "v"})").empty());
  const std::size_t before = held;
  CHECK(reading.fate(document) == "duplicate_key");
  REQUIRE(reading.fate(R"({"k": "v"})").empty());
  REQUIRE(reading.fate(R"({"k": "v"})").empty());
  const std::size_t after = held;
  CHECK(after < before + (std::size_t{1} << 20));
}

TEST_CASE("a survey keeps nothing of a document that was large") {
  Survey survey(largest_document_ever);
  survey.add(R"({"k": "v"})");
  const std::size_t before = held;
  survey.add(R"({"k": ")" + std::string(std::size_t{3} << 20, 'v') + "\"}");
  survey.add(R"({"k": "v"})");
  const std::size_t after = held;
  CHECK(survey.result().documents == 3);
  CHECK(after < before + (std::size_t{1} << 20));
}

}  // namespace
}  // namespace tallymill
