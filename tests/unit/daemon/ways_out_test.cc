// Whatever can stop a pipeline, or keep the daemon from starting, is in the manual with what gets it
// moving again.

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "support/catch.h"

namespace tallymill {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The codes of all errors that a person must act upon.
std::set<std::string> stop_codes() {
  std::set<std::string> codes;
  const std::regex stop("Reaction::stop,\\s*\"([a-z_]+)\"");
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(TALLYMILL_SOURCE_DIR "/src")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string text = text_of(entry.path());
    for (auto at = std::sregex_iterator(text.begin(), text.end(), stop); at != std::sregex_iterator();
         ++at) {
      codes.insert((*at)[1]);
    }
  }
  return codes;
}

}  // namespace

TEST_CASE("each stop has its row in docs/operations.md, with the way on") {
  const std::string all = text_of(TALLYMILL_SOURCE_DIR "/docs/operations.md");
  const std::string manual = all.substr(all.find("## When it stops"));
  const std::set<std::string> codes = stop_codes();
  CHECK(codes.size() > 30);
  for (const std::string& code : codes) {
    CAPTURE(code);
    const std::size_t row = manual.find("`" + code + "`");
    REQUIRE(row != std::string::npos);
    // Of its row: what happened, and what to do.
    const std::string line = manual.substr(row, manual.find('\n', row) - row);
    CHECK(std::count(line.begin(), line.end(), '|') >= 2);
  }
}

}  // namespace tallymill
