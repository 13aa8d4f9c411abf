// Whatever can stop a pipeline, keep the daemon from starting or make it wait is in the reference, with what
// gets it moving again.

#include "model/error_codes.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "support/catch.h"

namespace tallymill {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// All of the source but the tables themselves.
std::string source() {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(TALLYMILL_SOURCE_DIR "/src")) {
    if (entry.is_regular_file() && entry.path().filename() != "error_codes.cc") all += text_of(entry.path());
  }
  return all;
}

// The codes of errors in the source, as the pattern finds them.
std::set<std::string> codes(const std::string& source, const std::string& pattern) {
  std::set<std::string> found;
  const std::regex expression(pattern);
  for (auto at = std::sregex_iterator(source.begin(), source.end(), expression); at != std::sregex_iterator();
       ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

bool holds(std::span<const Word> table, const std::string& code) {
  return std::any_of(table.begin(), table.end(), [&](const Word& row) { return row.word == code; });
}

}  // namespace

TEST_CASE("each code of an error that stops something is in the table, with the way on") {
  const std::set<std::string> found =
      codes(source(), "(?:Reaction::stop,|fail\\(partition,[^\"]*)\\s*\"([a-z_]+)\",");
  CHECK(found.size() > 30);
  CHECK(found.contains("data_lost"));
  for (const std::string& code : found) {
    CAPTURE(code);
    CHECK(holds(stop_codes(), code));
  }
}

TEST_CASE("each code of an error that passes by itself is in the table, too") {
  const std::set<std::string> found = codes(source(), "(?:Reaction::retry,\\s*|lost\\()\"([a-z_]+)\",");
  CHECK(found.size() > 5);
  for (const std::string& code : found) {
    CAPTURE(code);
    CHECK((holds(passing_codes(), code) || holds(stop_codes(), code)));
  }
}

TEST_CASE("the tables name no code that the source lacks, and none twice") {
  const std::string all = source();
  std::set<std::string_view> seen;
  for (const auto table : {stop_codes(), passing_codes()}) {
    for (const Word& row : table) {
      CAPTURE(row.word);
      CHECK(all.find("\"" + std::string(row.word) + "\"") != std::string::npos);
      CHECK(seen.insert(row.word).second);
      CHECK(row.meaning.ends_with('.'));
      CHECK(row.cure.ends_with('.'));
    }
  }
}

}  // namespace tallymill
