// Whatever stands in a configuration file: it is problems with places inside the text, or a spec
// that is complete. It never crashes, and no message shows the secret that the environment holds.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "aggregate/catalog.h"
#include "config/fingerprint.h"
#include "config/load.h"

namespace tallymill {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void require_inside(const Problem& problem, std::size_t lines, std::size_t size) {
  require(!problem.message.empty());
  require(problem.place.line >= 0 && static_cast<std::size_t>(problem.place.line) <= lines);
  require(problem.place.column >= 0 && static_cast<std::size_t>(problem.place.column) <= size + 1);
  require(problem.caret >= 0 &&
          static_cast<std::size_t>(problem.caret) <= problem.source_line.size() + 1);
}

void require_complete(const PipelineSpec& pipeline) {
  require(!pipeline.name.empty() && !pipeline.source.topics.empty());
  require(pipeline.fingerprint.size() == 64);
  require(!pipeline.aggregations.empty());
  if (pipeline.event_time.field) require(*pipeline.event_time.field < pipeline.fields.size());
  for (const AggregationSpec& aggregation : pipeline.aggregations) {
    const std::size_t window = aggregation.window ? 1 : 0;
    require(aggregation.plan.key.size() == aggregation.group_by.size() + window);
    require(!aggregation.columns.empty() && !aggregation.plan.parts.empty());
  }
}

// A password that is written out is not shown, whatever follows it.
void require_hidden(const std::string& text, const Environment& environment) {
  const std::string password = "hunter2-of-the-file";
  if (text.find("hunter2") != std::string::npos) return;
  for (const std::string& before : {"postgres:\n  password: " + password, "postgres: {pasword: " + password,
                                    "x: postgres://me:" + password + "@host"}) {
    const Loaded loaded = load_config_text("fuzz.yaml", before + text, aggregate_catalog(), environment);
    require(render(loaded.problems).find(password) == std::string::npos);
  }
}

}  // namespace
}  // namespace tallymill

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tallymill;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string secret = "hunter2-of-the-environment";
  const Environment environment = [&secret](const std::string& name) -> std::optional<std::string> {
    if (name == "SECRET") return secret;
    return std::nullopt;
  };
  const Loaded loaded = load_config_text("fuzz.yaml", text, aggregate_catalog(), environment);
  require(loaded.spec.has_value() != has_errors(loaded.problems));
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const Problem& problem : loaded.problems) require_inside(problem, lines, size);
  const bool spelled_out = text.find(secret) != std::string::npos;
  require(spelled_out || render(loaded.problems).find(secret) == std::string::npos);
  require_hidden(text, environment);
  if (loaded.spec) {
    for (const PipelineSpec& pipeline : loaded.spec->pipelines) require_complete(pipeline);
  }
  return 0;
}
