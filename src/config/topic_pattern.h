#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "config/parsed.h"
#include "expression/regex.h"

namespace tallymill {

// Topics by regular expression. Immutable; may be used by several threads.
class TopicPattern {
 public:
  // Whether an entry of `topics` is a pattern: no topic's name begins with ^.
  [[nodiscard]] static bool is_meant(std::string_view text) { return text.starts_with('^'); }

  // REQUIRES: is_meant(text).
  [[nodiscard]] static Parsed<TopicPattern> parse(std::string_view text);

  // Whether the whole name matches. Names that begin with __ never do: those topics are the cluster's
  // own, and are read only by name. Takes time linear in the name, whatever the pattern.
  [[nodiscard]] bool matches(std::string_view topic) const;

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  TopicPattern(std::string_view text, expression::Regex regex) : text_(text), regex_(std::move(regex)) {}

  std::string text_;
  expression::Regex regex_;
};

}  // namespace tallymill
