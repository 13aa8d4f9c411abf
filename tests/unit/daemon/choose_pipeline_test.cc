#include "daemon/choose_pipeline.h"

#include "support/catch.h"

namespace tallymill {
namespace {

Spec with(std::initializer_list<const char*> names) {
  Spec spec;
  for (const char* name : names) spec.pipelines.emplace_back().name = name;
  return spec;
}

std::string answer(const Spec& spec, const std::string& name) {
  const auto chosen = choose_pipeline(spec, name);
  return chosen.ok() ? (*chosen)->name : chosen.error().message();
}

}  // namespace

TEST_CASE("the only pipeline needs no name, several do, and a slip of the pen is met with the nearest") {
  CHECK(answer(with({"ads"}), "") == "ads");
  CHECK(answer(with({"ads", "logs"}), "logs") == "logs");
  CHECK(answer(with({"ads", "logs"}), "") ==
        "the configuration has several pipelines; name one of ads, logs");
  CHECK(answer(with({"ads", "logs"}), "lgos") ==
        "there is no pipeline lgos in the configuration; did you mean logs? It has ads, logs");
  CHECK(answer(with({"ads"}), "something") ==
        "there is no pipeline something in the configuration; it has ads");
}

}  // namespace tallymill
