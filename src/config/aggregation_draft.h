#pragma once

// An aggregation between its two readings: its expressions are parsed, but have no types until all
// expressions of the pipeline are known.

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/expression_text.h"
#include "config/spec.h"
#include "expression/typing.h"

namespace tallymill {

struct KeyDraft {
  std::string name;            // Empty if it needs one, which was reported.
  Spot name_spot;
  std::size_t expression = 0;  // Index into Expressions.
};

struct ColumnDraft {
  enum class Kind : std::uint8_t {
    aggregate,
    formula,
    broken,  // A problem was reported; only the name counts.
  };
  Kind kind = Kind::broken;
  std::string name;
  Spot name_spot;
  std::size_t expression = 0;
  const AggregateSignature* aggregate = nullptr;
  expression::NodePtr argument;     // Null for count().
  std::optional<SqlType> stored_as;
  YamlNodePtr type_node;            // Of `type`, if it is there.
};

struct AggregationDraft {
  AggregationSpec spec;
  YamlNodePtr node;
  Spot name_spot;
  Spot table_spot;
  std::optional<std::size_t> where;
  std::vector<KeyDraft> keys;
  std::vector<ColumnDraft> columns;
};

// All expressions of one pipeline; the index is their owner in Typing.
struct Expressions {
  std::vector<ExpressionText> texts;
  std::set<std::size_t> broken;  // Those that typing found a problem in.

  std::size_t add(ExpressionText text) {
    texts.push_back(std::move(text));
    return texts.size() - 1;
  }
  [[nodiscard]] const expression::NodePtr& tree(std::size_t index) const {
    return texts[index].tree;
  }
};

}  // namespace tallymill
