#include "config/source_reader.h"

#include <utility>

#include "config/scalars.h"

namespace tallymill {
namespace {

constexpr std::chrono::milliseconds longest_ago{std::int64_t{3660} * 86'400'000};

// Why this is no topic; empty if it is one.
std::string topic_problem(std::string_view topic) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  if (topic.find_first_of("*$[(") != std::string_view::npos) {
    return "is no topic; a regular expression begins with ^, as in '^ads-.*'";
  }
  const bool valid = topic.find_first_not_of(allowed) == std::string_view::npos && topic != "." &&
                     topic != ".." && topic.size() <= 249;
  if (valid) return {};
  return "is no topic; a name has up to 249 letters A to Z, digits and . _ -";
}

Parsed<StartAt> parse_start(std::string_view text) {
  StartAt start;
  if (text == "earliest") return Parsed<StartAt>::of(start);
  if (text == "latest") {
    start.kind = StartAt::Kind::latest;
    return Parsed<StartAt>::of(start);
  }
  if (text.substr(0, 1) == "-") {
    const Parsed<std::chrono::milliseconds> ago = parse_duration(text);
    if (!ago.value) return Parsed<StartAt>::wrong(ago.problem);
    start.kind = StartAt::Kind::ago;
    start.ago = std::chrono::duration_cast<std::chrono::seconds>(-*ago.value);
    if (start.ago.count() < 1 || -*ago.value > longest_ago) {
      return Parsed<StartAt>::wrong("is out of range; it must be -1s to -3660d");
    }
    return Parsed<StartAt>::of(start);
  }
  if (const auto timestamp = parse_timestamp(text)) {
    start.kind = StartAt::Kind::timestamp;
    start.timestamp = *timestamp;
    return Parsed<StartAt>::of(start);
  }
  std::string problem = "is none of earliest, latest, a time such as 2026-01-31T00:00:00Z, or "
                        "-10m for ten minutes ago";
  if (parse_duration(text).value) problem += "; did you mean -" + std::string(text) + "?";
  return Parsed<StartAt>::wrong(problem);
}

}  // namespace

SourceSpec read_source(const Section& source, const std::string& pipeline, Loading& loading) {
  SourceSpec spec;
  if (source.given()) {
    for (auto& [topic, node] : source.texts("topics")) {
      if (TopicPattern::is_meant(topic)) {
        Parsed<TopicPattern> pattern = TopicPattern::parse(topic);
        if (!pattern.value) report(*node, topic + " " + pattern.problem, loading);
        if (pattern.value) spec.topic_patterns.push_back(*std::move(pattern.value));
        continue;
      }
      const std::string problem = topic_problem(topic);
      if (!problem.empty()) report(*node, topic + " " + problem, loading);
      spec.topics.push_back(std::move(topic));
    }
  }
  enum class Format : std::uint8_t { json };
  static_cast<void>(source.word<Format>("format"));  // The one there is; others are reported.
  if (const YamlNodePtr node = source.find("start")) {
    if (const auto scalar = read_scalar(*node, "start", loading)) {
      const Parsed<StartAt> start = parse_start(scalar->text);
      if (start.value) spec.start = *start.value;
      if (!start.value) report_value(*node, *scalar, start.problem, loading);
    }
  }
  spec.isolation = source.word<Isolation>("isolation").value_or(spec.isolation);
  spec.group_id = source.text("group_id").value_or("tallymill." + pipeline);
  return spec;
}

}  // namespace tallymill
