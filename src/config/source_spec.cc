#include <algorithm>

#include "config/spec.h"

namespace tallymill {

bool SourceSpec::reads(std::string_view topic) const {
  return std::find(topics.begin(), topics.end(), topic) != topics.end() ||
         std::any_of(topic_patterns.begin(), topic_patterns.end(),
                     [topic](const TopicPattern& pattern) { return pattern.matches(topic); });
}

const std::string& SourceSpec::first_topic() const {
  return topics.empty() ? topic_patterns.front().text() : topics.front();
}

}  // namespace tallymill
