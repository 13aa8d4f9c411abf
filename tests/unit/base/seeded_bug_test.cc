#include "base/seeded_bug.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "support/catch.h"

namespace tallymill {
namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string sources() {
  std::string all;
  for (const auto& file : std::filesystem::recursive_directory_iterator(TALLYMILL_SOURCE_DIR "/src")) {
    if (file.path().extension() == ".cc") all += contents(file.path());
  }
  return all;
}

TEST_CASE("each seeded bug is in the table once, and somewhere in the source") {
  const std::string source = sources();
  std::set<Bug> seen;
  for (const SeededBug& one : seeded_bugs) {
    INFO(one.name);
    CHECK(seen.insert(one.bug).second);
    CHECK(source.find("seeded(Bug::" + std::string(one.name) + ")") != std::string::npos);
  }
}

TEST_CASE("every mistake of the list is seeded, and the page of tested bugs names a test for each") {
  const std::string page = contents(TALLYMILL_SOURCE_DIR "/docs/tested-bugs.md");
  std::set<int> numbers;
  for (const SeededBug& one : seeded_bugs) {
    INFO(one.name);
    numbers.insert(one.number);
    const std::string row = "| " + std::to_string(one.number) + " | `" + std::string(one.name) + "` | " +
                            std::string(one.what) + " | ";
    const std::size_t at = page.find(row);
    REQUIRE(at != std::string::npos);
    CHECK(page.compare(at + row.size(), 13, "none | none |") != 0);
  }
  CHECK(numbers.size() == 25);
}

#ifndef TALLYMILL_SEEDED_BUGS
TEST_CASE("in a build that ships no bug is seeded") {
  for (const SeededBug& one : seeded_bugs) CHECK_FALSE(seeded(one.bug));
  static_assert(!seeded(Bug::commit_judged_by_status));
}
#endif

}  // namespace
}  // namespace tallymill
