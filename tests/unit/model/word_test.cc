#include "model/word.h"

#include <set>
#include <span>

#include "metrics/label_words.h"
#include "model/batch_words.h"
#include "model/reason.h"
#include "support/catch.h"

namespace tallymill {

TEST_CASE("a word stands once in its table, with sentences about it") {
  const std::span<const Word> tables[] = {reasons,           commit_outcomes,      drop_causes, gap_causes,
                                          record_outcomes,   aggregation_outcomes, stages,      pipeline_states,
                                          memory_owners};
  for (const auto table : tables) {
    std::set<std::string_view> words;
    for (const Word& row : table) {
      INFO(row.word);
      CHECK(words.insert(row.word).second);
      CHECK(row.word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos);
      CHECK(row.meaning.ends_with('.'));
      CHECK((row.cure.empty() || row.cure.ends_with('.')));
    }
  }
}

TEST_CASE("each reason of a dead letter says what to do") {
  for (const Word& row : reasons) {
    INFO(row.word);
    CHECK_FALSE(row.cure.empty());
  }
}

static_assert(word_of(reasons, "late") == "late");

}  // namespace tallymill
