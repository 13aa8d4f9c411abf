// The table of metrics and what the registry shows are one.

#include "metrics/metric_table.h"

#include <map>
#include <set>
#include <sstream>
#include <string>

#include "metrics/label_words.h"
#include "metrics/registry.h"
#include "model/batch_words.h"
#include "model/reason.h"
#include "support/catch.h"

namespace tallymill {
namespace {

using Labels = std::map<std::string, std::set<std::string>>;  // Values by label.

// Everything that a pipeline and a process can tell, told once.
std::string text_of_everything() {
  const auto registry = make_metrics_registry();
  registry->build_info("1", "c");
  registry->config_info("p", "f");
  registry->memory_limit(1);
  PipelineMetrics& p = registry->pipeline("p");
  p.state(PipelineState::stopped);
  p.stopped_by("data_lost");
  registry->config_loaded(true, WallTime());
  p.took_over();
  Batch batch;
  for (const Word& reason : reasons) {
    DeadLetter letter;
    letter.reason = std::string(reason.word);
    batch.dead_letters.push_back(letter);
  }
  p.committed(batch, 1, WallTime());
  p.aggregation("a", {1, 1, 1});
  for (const Stage stage : {Stage::fold, Stage::wait, Stage::upsert, Stage::commit}) p.stage(stage, Duration(1));
  for (const Word& outcome : commit_outcomes) p.commit_outcome(outcome.word);
  for (const Word& cause : drop_causes) p.batch_dropped(cause.word);
  p.messages_ignored(1);
  p.lag({"t", Partition(0)}, 1, 1);
  p.checkpoint_age(1);
  p.lookup("l", std::chrono::seconds(1), std::chrono::seconds(1));
  for (const Word& owner : memory_owners) p.memory(owner.word, 1);
  p.reconnects(1);
  p.partition_stalled({"t", Partition(0)});
  return registry->text();
}

struct Shown {
  std::map<std::string, std::string> help;
  std::map<std::string, std::string> kinds;
  std::map<std::string, Labels> labels;
};

Shown shown() {
  Shown all;
  std::istringstream lines(text_of_everything());
  std::string name;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash;
    std::string what;
    std::string rest;
    if (line.starts_with("# ")) {
      words >> hash >> what >> name;
      std::getline(words >> std::ws, rest);
      (what == "HELP" ? all.help : all.kinds)[name] = rest;
      continue;
    }
    Labels& labels = all.labels[name];
    const std::size_t brace = line.find('{');
    if (brace == std::string::npos) continue;
    for (std::size_t at = brace + 1; line[at] != '}';) {
      const std::size_t sign = line.find("=\"", at);
      const std::size_t end = line.find('"', sign + 2);
      const std::string label = line.substr(at, sign - at);
      if (label != "le") labels[label].insert(line.substr(sign + 2, end - sign - 2));
      at = end + (line[end + 1] == ',' ? 2 : 1);
    }
  }
  return all;
}

std::set<std::string> split(std::string_view labels) {
  std::set<std::string> names;
  std::istringstream words{std::string(labels)};
  for (std::string word; words >> word;) names.insert(word.back() == ',' ? word.substr(0, word.size() - 1) : word);
  return names;
}

}  // namespace

TEST_CASE("each metric of the table is shown, with its help, kind and labels, and no other") {
  const Shown all = shown();
  CHECK(all.kinds.size() == metric_table().size());
  for (const Metric& metric : metric_table()) {
    const std::string name(metric.name);
    INFO(name);
    REQUIRE(all.kinds.contains(name));
    CHECK(all.kinds.at(name) == to_string(metric.kind));
    CHECK(all.help.at(name) == metric.help);
    CHECK(metric.help.ends_with('.'));
    CHECK_FALSE(metric.unit.empty());
    std::set<std::string> labels;
    for (const auto& [label, values] : all.labels.at(name)) labels.insert(label);
    CHECK(labels == split(metric.labels));
  }
}

TEST_CASE("a label with a closed list shows all words of the list and no other") {
  const Shown all = shown();
  int lists = 0;
  for (const Metric& metric : metric_table()) {
    if (metric.words.empty()) continue;
    INFO(metric.name);
    const std::string label(metric.labels.substr(metric.labels.rfind(' ') + 1));
    std::set<std::string> words;
    for (const Word& word : metric.words) words.insert(std::string(word.word));
    CHECK(all.labels.at(std::string(metric.name)).at(label) == words);
    ++lists;
  }
  CHECK(lists >= 8);
}

}  // namespace tallymill
