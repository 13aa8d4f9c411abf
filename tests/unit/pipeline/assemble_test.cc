// What a batch must be before anything of it is written.

#include "pipeline/assemble.h"

#include "support/catch.h"

namespace tallymill {

TEST_CASE("books that do not balance are refused before anything is written") {
  PipelineSpec spec;
  spec.max_dead_letter_ratio = 1;
  Part part;
  part.counts.read = 3;
  part.counts.used = 1;
  part.counts.skipped = 1;
  const bool balanced = GENERATE(true, false);
  part.counts.rejected = balanced ? 1 : 0;
  std::vector<Part> parts;
  parts.push_back(std::move(part));
  const auto batch = assemble(spec, std::move(parts), {});
  CHECK(batch.ok() == balanced);
  if (batch.ok()) return;
  CHECK(batch.error().reaction() == Reaction::stop);
  CHECK(batch.error().code() == "unbalanced");
}

}  // namespace tallymill
