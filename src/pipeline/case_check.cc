#include "pipeline/case_check.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "expression/nearest.h"

namespace tallymill {
namespace {

std::string unknown(const std::string& what, const std::string& name,
                    const std::vector<std::string_view>& names) {
  return what + " " + name + expression::hint(name, names, "there are");
}

std::vector<std::string_view> names_of(const PipelineSpec& pipeline) {
  std::vector<std::string_view> names;
  for (const AggregationSpec& aggregation : pipeline.aggregations) names.push_back(aggregation.name);
  return names;
}

std::vector<std::string_view> topics_of(const SourceSpec& source) {
  std::vector<std::string_view> topics(source.topics.begin(), source.topics.end());
  for (const TopicPattern& pattern : source.topic_patterns) topics.emplace_back(pattern.text());
  return topics;
}

const AggregationSpec* find(const PipelineSpec& pipeline, const std::string& name) {
  for (const AggregationSpec& aggregation : pipeline.aggregations) {
    if (aggregation.name == name) return &aggregation;
  }
  return nullptr;
}

std::vector<std::string_view> columns_of(const TablePlan& plan) {
  std::vector<std::string_view> names;
  for (const KeyColumn& key : plan.key) names.push_back(key.name);
  for (const PartColumn& part : plan.parts) names.push_back(part.name);
  for (const GeneratedColumn& generated : plan.generated) names.push_back(generated.name);
  return names;
}

}  // namespace

std::vector<Problem> check_case(const PipelineCase& one, const PipelineSpec& pipeline) {
  std::vector<Problem> problems;
  const auto report = [&](const Place& place, const std::string& message) {
    problems.push_back({place, message, "", 0, Problem::Severity::error});
  };
  for (const CaseEvent& event : one.events) {
    if (!event.topic || pipeline.source.reads(*event.topic)) continue;
    report(event.place, unknown("the pipeline reads no topic", *event.topic, topics_of(pipeline.source)));
  }
  for (const ExpectedTable& table : one.tables) {
    const AggregationSpec* aggregation = find(pipeline, table.aggregation);
    if (aggregation == nullptr) {
      report(table.place, unknown("there is no aggregation", table.aggregation, names_of(pipeline)));
      continue;
    }
    const auto columns = columns_of(aggregation->plan);
    for (const ExpectedRow& row : table.rows) {
      for (const ExpectedCell& cell : row.cells) {
        if (std::find(columns.begin(), columns.end(), cell.column) != columns.end()) continue;
        report(cell.place, unknown(table.aggregation + " has no column", cell.column, columns));
      }
    }
  }
  for (const ExpectedLetter& letter : one.letters) {
    if (letter.aggregation.empty() || find(pipeline, letter.aggregation) != nullptr) continue;
    report(letter.place, unknown("there is no aggregation", letter.aggregation, names_of(pipeline)));
  }
  return problems;
}

}  // namespace tallymill
