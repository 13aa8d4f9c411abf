#include "expression/regex.h"

#include <re2/re2.h>

#include <cstdint>

namespace tallymill::expression {

struct Regex::Compiled {
  Compiled(std::string_view pattern, const RE2::Options& options)
      : re2(re2::StringPiece(pattern.data(), pattern.size()), options) {}
  RE2 re2;
};

std::variant<Regex, std::string> Regex::compile(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  // The program and its automaton's cache; past it RE2 is slower, not larger.
  options.set_max_mem(std::int64_t{1} << 20);
  auto compiled = std::make_shared<const Compiled>(pattern, options);
  if (!compiled->re2.ok()) return compiled->re2.error();
  return Regex(std::move(compiled));
}

bool Regex::matches(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->re2);
}

bool Regex::matches_whole(std::string_view text) const {
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), compiled_->re2);
}

}  // namespace tallymill::expression
