#pragma once

// A regular expression in RE2's syntax: linear time, bounded memory.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace tallymill::expression {

// Immutable; may be used by several threads.
class Regex {
 public:
  // Returns what is wrong with the pattern in place of the regex, if something is.
  [[nodiscard]] static std::variant<Regex, std::string> compile(std::string_view pattern);

  // Whether some part of the text matches; ^ and $ tie it to the ends.
  [[nodiscard]] bool matches(std::string_view text) const;

  // Whether the whole text matches.
  [[nodiscard]] bool matches_whole(std::string_view text) const;

 private:
  struct Compiled;
  explicit Regex(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace tallymill::expression
