// Whatever a file of cases holds: it is a problem with a place, or cases of which each expects something
// of events that are there.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/case_file.h"
#include "expression/utf8.h"

namespace tallymill {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void require_sound(const CaseFile& file) {
  require(!file.cases.empty() && !file.config.empty());
  for (const PipelineCase& one : file.cases) {
    for (const CaseEvent& event : one.events) {
      require(event.partition >= 0);
      require(!event.value || expression::is_valid_utf8(*event.value));
      require(!event.timestamp || event.timestamp->in_range());
    }
    for (const ExpectedLetter& letter : one.letters) require(letter.event < one.events.size());
    if (one.stop) require(one.stop->event < one.events.size());
    for (const ExpectedTable& table : one.tables) {
      for (const ExpectedRow& row : table.rows) require(!row.cells.empty());
    }
  }
}

}  // namespace
}  // namespace tallymill

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const tallymill::LoadedCases loaded = tallymill::load_cases_text("fuzz.test.yaml", text);
  tallymill::require(loaded.file.has_value() != tallymill::has_errors(loaded.problems));
  if (loaded.file) tallymill::require_sound(*loaded.file);
  return 0;
}
