#include <string>
#include <string_view>

#include "daemon/reference/markdown.h"
#include "daemon/reference/pages.h"
#include "metrics/metric_table.h"
#include "model/batch_words.h"
#include "model/reason.h"

namespace tallymill::reference {
namespace {

// "`pipeline`, `outcome`" of "pipeline, outcome".
std::string labels_text(std::string_view labels) {
  std::string text;
  while (!labels.empty()) {
    const std::size_t comma = labels.find(", ");
    text += (text.empty() ? "" : ", ") + code(labels.substr(0, comma));
    labels = comma == std::string_view::npos ? std::string_view() : labels.substr(comma + 2);
  }
  return text;
}

// Words that are explained under errors, which tables and logs have, too.
bool is_on_page_of_errors(const Metric& metric) {
  const Word* words = metric.words.data();
  return words == reasons.data() || words == commit_outcomes.data() || words == drop_causes.data();
}

std::string_view last_label(const Metric& metric) {
  return metric.labels.substr(metric.labels.rfind(' ') + 1);
}

void add_metric(const Metric& metric, Markdown& page) {
  std::string text = code(metric.name) + ": " + std::string(to_string(metric.kind)) + ", in " +
                     std::string(metric.unit);
  if (!metric.labels.empty()) text += ", by " + labels_text(metric.labels);
  text += ". " + std::string(metric.help);
  if (is_on_page_of_errors(metric) || last_label(metric) == "code") {
    text += " What " + code(last_label(metric)) + " may be is under [errors](errors.md).";
  }
  page.item(text);
  if (is_on_page_of_errors(metric)) return;
  for (const Word& word : metric.words) {
    page.item(code(word.word) + ": " + std::string(word.meaning) + (word.cure.empty() ? "" : " " + std::string(word.cure)), 1);
  }
}

}  // namespace

std::string metrics_page() {
  Markdown page;
  page.heading(1, "Metrics");
  page.paragraph("What `/metrics` shows. Labels are bounded: pipeline, aggregation, topic, partition, and words "
                 "from closed lists, which stand below their metric; nothing from the data ever becomes a label. "
                 "A histogram has `_bucket`, `_sum` and `_count`. What to watch is in [Metrics](../metrics.md).");
  for (const Metric& metric : metric_table()) add_metric(metric, page);
  return page.text();
}

}  // namespace tallymill::reference
