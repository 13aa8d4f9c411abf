#include "config/topic_pattern.h"

#include <variant>

namespace tallymill {
namespace {

constexpr std::string_view internal_prefix = "__";
// Letters that a regular expression takes as they are. The dot of a name is none of them.
constexpr std::string_view literal =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

// Why nobody can mean this, although it is an expression; empty if somebody can.
std::string why_pointless(std::string_view expression) {
  if (expression.starts_with(internal_prefix)) {
    return "matches no topic: those that begin with __ are the cluster's own, and are read only by name";
  }
  std::string_view name = expression;
  if (name.ends_with('$')) name.remove_suffix(1);
  if (name.find_first_not_of(literal) != std::string_view::npos) return {};
  const std::string all = "'^" + std::string(name) + ".*'";
  if (name.empty()) return "matches no topic: the whole name has to match; all topics are " + all;
  return "matches one topic at most, because the whole name has to match: all that begin so are " + all +
         ", and one is named without ^";
}

}  // namespace

Parsed<TopicPattern> TopicPattern::parse(std::string_view text) {
  auto regex = expression::Regex::compile(text);
  if (const auto* problem = std::get_if<std::string>(&regex)) {
    return Parsed<TopicPattern>::wrong("is no regular expression: " + *problem);
  }
  if (std::string why = why_pointless(text.substr(1)); !why.empty()) {
    return Parsed<TopicPattern>::wrong(std::move(why));
  }
  return Parsed<TopicPattern>::of(TopicPattern(text, std::get<expression::Regex>(std::move(regex))));
}

bool TopicPattern::matches(std::string_view topic) const {
  return !topic.starts_with(internal_prefix) && regex_.matches_whole(topic);
}

}  // namespace tallymill
