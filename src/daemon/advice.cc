#include "daemon/advice.h"

#include <algorithm>
#include <span>

#include "model/batch_words.h"
#include "model/error_codes.h"

namespace tallymill {
namespace {

using Kind = Trouble::Kind;

// Where a code of this kind of trouble is explained. Not where a record stopped a pipeline: its code is the
// reason of a dead letter, whose cure helps the next record but not this one.
std::span<const Word> table_of(Kind kind) {
  switch (kind) {
    case Kind::waiting: return passing_codes();
    case Kind::dropped: return drop_causes;
    case Kind::stopped: break;
  }
  return stop_codes();
}

std::string_view otherwise(Kind kind) {
  switch (kind) {
    case Kind::waiting:
      return "Nothing, unless it lasts: the same is tried again. See that Kafka and Postgres can be reached "
             "from here.";
    case Kind::dropped: return "Nothing: the records are read again from the checkpoint.";
    case Kind::stopped: break;
  }
  return "Settle what it says, then tallymill resume.";
}

// The tables are Markdown; whoever reads this sees text.
std::string without_marks(std::string_view markdown) {
  std::string text(markdown);
  std::erase(text, '`');
  return text;
}

}  // namespace

std::string what_to_do(const Trouble& trouble) {
  const std::span<const Word> table = table_of(trouble.kind);
  const auto row =
      std::find_if(table.begin(), table.end(), [&](const Word& word) { return word.word == trouble.code; });
  if (row != table.end() && !row->cure.empty()) return without_marks(row->cure);
  return std::string(otherwise(trouble.kind));
}

}  // namespace tallymill
