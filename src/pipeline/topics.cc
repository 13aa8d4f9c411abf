#include "pipeline/topics.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/counted.h"

namespace tallymill {
namespace {

bool is_named(const SourceSpec& spec, const std::string& topic) {
  return std::find(spec.topics.begin(), spec.topics.end(), topic) != spec.topics.end();
}

template <class Of>
std::vector<std::string> names_in(const std::vector<Of>& partitions) {
  std::set<std::string> names;
  for (const Of& one : partitions) names.insert(one.where.topic);
  return {names.begin(), names.end()};
}

Error too_many(const SourceSpec& spec, std::size_t topics, std::size_t partitions) {
  std::string patterns;
  for (const TopicPattern& pattern : spec.topic_patterns) {
    patterns += (patterns.empty() ? "'" : ", '") + pattern.text() + "'";
  }
  return {Reaction::stop, "too_many_partitions",
          counted(topics, "topic") + " with " + std::to_string(partitions) + " partitions match " +
              patterns + ", and a pipeline takes " + std::to_string(most_matched_partitions) +
              " partitions at most; delete topics that nobody needs, or divide them among pipelines by narrower "
              "patterns and count anew: tallymill reset"};
}

}  // namespace

Result<std::vector<TopicInfo>> find_topics(const SourceSpec& spec, const std::vector<Checkpoint>& read,
                                           Source& source, Duration timeout) {
  if (spec.topic_patterns.empty()) return source.describe(spec.topics, timeout);
  // What was closed is no longer asked for by name: if it comes again, it is listed.
  std::vector<Checkpoint> open;
  std::copy_if(read.begin(), read.end(), std::back_inserter(open),
               [](const Checkpoint& one) { return !is_closed(one.topic_id); });
  const std::vector<std::string> known = names_of(open);
  std::set<std::string> names(spec.topics.begin(), spec.topics.end());
  names.insert(known.begin(), known.end());
  TRY_ASSIGN(const auto listed, source.list_topics(timeout));
  for (const std::string& topic : listed) {
    if (spec.reads(topic)) names.insert(topic);
  }
  TRY_ASSIGN(auto topics, source.describe({names.begin(), names.end()}, timeout));
  // Deleted since it was listed: nothing of it was ever promised.
  std::erase_if(topics, [&](const TopicInfo& one) {
    return one.partitions.empty() && !is_named(spec, one.topic) &&
           !std::binary_search(known.begin(), known.end(), one.topic);
  });
  std::size_t partitions = 0;
  for (const TopicInfo& one : topics) partitions += one.partitions.size();
  if (partitions > most_matched_partitions) return too_many(spec, topics.size(), partitions);
  return topics;
}

std::string missing_topic(const SourceSpec& spec, const std::vector<TopicInfo>& topics) {
  for (const TopicInfo& one : topics) {
    if (one.partitions.empty() && is_named(spec, one.topic)) return "topic " + one.topic + " does not exist";
  }
  for (const TopicPattern& pattern : spec.topic_patterns) {
    const bool found = std::any_of(topics.begin(), topics.end(), [&](const TopicInfo& one) {
      return !one.partitions.empty() && pattern.matches(one.topic);
    });
    if (!found) return "no topic matches '" + pattern.text() + "' yet";
  }
  return {};
}

Result<std::vector<TopicInfo>> find_all_topics(const SourceSpec& spec, Source& source, Duration timeout) {
  TRY_ASSIGN(auto topics, find_topics(spec, {}, source, timeout));
  if (std::string missing = missing_topic(spec, topics); !missing.empty()) {
    return Error(Reaction::stop, "topic_missing", std::move(missing));
  }
  return topics;
}

std::vector<std::string> names_of(const std::vector<Checkpoint>& checkpoints) { return names_in(checkpoints); }

std::vector<std::string> names_of(const std::vector<BatchRange>& ranges) { return names_in(ranges); }

}  // namespace tallymill
