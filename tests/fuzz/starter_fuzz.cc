// Whatever lines stand for records: what is proposed of them is a configuration.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "aggregate/catalog.h"
#include "config/load.h"
#include "daemon/init/starter.h"
#include "decode/json/survey.h"

namespace tallymill {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void try_records(std::string_view lines) {
  Survey survey(1 << 16);
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    survey.add(line);
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
  }
  const SurveyResult result = survey.result();
  for (const FieldFacts& field : result.fields) {
    require(field.seen() > 0 && field.seen() <= result.documents);
    require(field.values.size() <= FieldFacts::most_values);
  }
  StarterInput input;
  input.kafka = kafka_section("localhost:9092");
  input.topic = "events";
  input.file = "tallymill.yaml";
  input.from = "the last records of events";
  input.proposal = propose(result);
  const auto nothing_set = [](const std::string&) { return std::optional<std::string>(); };
  require(load_config_text("init", starter_text(input), aggregate_catalog(), nothing_set).spec.has_value());
}

}  // namespace
}  // namespace tallymill

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tallymill::try_records({reinterpret_cast<const char*>(data), size});
  return 0;
}
