#include "config/aggregation_reader.h"

#include <string_view>
#include <utility>

#include "config/column_reader.h"
#include "config/identifier.h"
#include "config/section.h"
#include "config/table_name.h"

namespace tallymill {
namespace {

using expression::NodeKind;
using expression::Use;

// "ads.campaign_stats" or "campaign_stats".
void read_table(const Section& postgres, const std::string& own_schema, AggregationDraft& draft,
                Loading& loading) {
  TablePlan& plan = draft.spec.plan;
  plan.schema = "public";
  plan.table = draft.spec.name;
  draft.table_spot = draft.name_spot;
  const std::optional<TableName> name = read_table_name(postgres, "table", loading);
  if (!name) return;
  const YamlNode& node = *postgres.find("table");
  draft.table_spot = node.spot;
  plan.schema = name->schema;
  plan.table = name->table;
  const bool is_foreign = plan.schema.substr(0, 3) == "pg_" || plan.schema == "information_schema";
  if (plan.schema == own_schema || is_foreign) {
    report(node, name->str() + " is in a schema that belongs to " +
                     std::string(is_foreign ? "Postgres" : "the daemon's own tables") + "; choose another",
           loading);
  }
}

// The name that a group key has without one of its own; empty if it has none.
std::string key_name(const expression::Node& tree) {
  if (tree.kind != NodeKind::path) return {};
  std::string name;
  for (const std::string& part : tree.parts) name += (name.empty() ? "" : "_") + part;
  return identifier_problem(name).empty() ? name : std::string{};
}

void add_key(std::string name, Spot spot, const YamlNodePtr& value, AggregationDraft& draft,
             Expressions& expressions, Loading& loading) {
  auto text = read_expression(value, loading);
  if (!text) return;
  if (name.empty()) name = key_name(*text->tree);
  if (name.empty()) {
    report(*text, text->tree->span,
           "this key needs a name: write group_by as a mapping, name: expression", loading);
  }
  draft.keys.push_back({std::move(name), spot, expressions.add(std::move(*text))});
}

void add_named_keys(const YamlNode& map, AggregationDraft& draft, Expressions& expressions,
                    Loading& loading) {
  for (const YamlEntry& entry : map.entries) {
    const std::string problem = identifier_problem(entry.key);
    if (problem.empty()) {
      add_key(entry.key, entry.key_spot, entry.value, draft, expressions, loading);
    } else {
      loading.problems.error(entry.key_spot, map.path + ": the name " + shown_text(entry.key) + " " + problem);
    }
  }
}

void read_group_by(const YamlNodePtr& node, AggregationDraft& draft, Expressions& expressions,
                   Loading& loading) {
  if (node == nullptr) return;
  if (node->kind == YamlNode::Kind::map) {
    add_named_keys(*node, draft, expressions, loading);
  } else if (node->kind == YamlNode::Kind::list) {
    for (const YamlNodePtr& item : node->items) {
      if (item->kind == YamlNode::Kind::map && item->entries.size() == 1) {
        add_named_keys(*item, draft, expressions, loading);
      } else {
        add_key("", item->spot, item, draft, expressions, loading);
      }
    }
  } else {
    report(*node, "a list such as [campaign, country] or a mapping of names to expressions is "
                  "expected here", loading);
  }
}

void read_late(const Section& section, AggregationSpec& spec, Loading& loading) {
  const std::size_t errors_before = loading.problems.errors();
  spec.late = section.word<Late>("late").value_or(spec.late);
  if (loading.problems.errors() != errors_before) return;
  const auto after = section.duration("late_after");
  const bool given = section.find("late_after") != nullptr;
  spec.late_after = after.value_or(std::chrono::milliseconds{0});
  if (spec.late == Late::accept && given) {
    report(*section.find("late_after"),
           "this has no effect, since late events are accepted; add late: drop or late: dead_letter",
           loading);
  }
  if (spec.late != Late::accept && !given) {
    report(*section.find("late"), "late_after is missing: from which age on is an event late?", loading);
  }
}

void read_window(const Section& section, AggregationSpec& spec, Loading& loading) {
  const YamlNodePtr node = section.find("window");
  if (node != nullptr && node->kind == YamlNode::Kind::map) {
    report(*node, "hopping and session windows come in a later version; today a window is its "
                  "length, such as 10s", loading);
  } else {
    spec.window = section.duration("window");
  }
  const auto retention = section.duration("retention");
  if (retention) spec.plan.retention = std::chrono::duration_cast<std::chrono::seconds>(*retention);
  if (node == nullptr && section.find("retention") != nullptr) {
    report(*section.find("retention"),
           "rows are deleted by the age of their window, and there is no window", loading);
    spec.plan.retention.reset();
  }
}

}  // namespace

AggregationDraft read_aggregation(const YamlEntry& entry, const std::string& postgres_schema,
                                  Expressions& expressions, Loading& loading) {
  AggregationDraft draft;
  draft.node = entry.value;
  draft.name_spot = entry.key_spot;
  draft.spec.name = entry.key;
  draft.spec.place = entry.key_spot.place();
  const Section section(loading, entry.value, "pipelines.*.aggregations.*", *entry.value);
  const Section sinks = section.section("sinks");
  read_table(sinks.section("postgres"), postgres_schema, draft, loading);
  if (!section.given()) return draft;
  if (const YamlNodePtr where = section.find("where")) {
    if (auto text = read_expression(where, loading)) draft.where = expressions.add(std::move(*text));
  }
  read_window(section, draft.spec, loading);
  read_group_by(section.find("group_by"), draft, expressions, loading);
  for (const YamlEntry& column : section.named("columns")) {
    draft.columns.push_back(read_column(column, expressions, loading));
  }
  read_late(section, draft.spec, loading);
  return draft;
}

void add_expressions(const AggregationDraft& draft, const Expressions& expressions,
                     expression::Typing& typing) {
  if (draft.where) typing.add(expressions.tree(*draft.where), Use::condition, *draft.where);
  for (const KeyDraft& key : draft.keys) {
    typing.add(expressions.tree(key.expression), Use::group_key, key.expression);
  }
  for (const ColumnDraft& column : draft.columns) {
    if (column.kind != ColumnDraft::Kind::aggregate || column.argument == nullptr) continue;
    Use use = Use::any_argument;
    switch (column.aggregate->argument) {
      case AggregateArgument::nothing_or_condition:
      case AggregateArgument::condition: use = Use::condition; break;
      case AggregateArgument::numeric: use = Use::numeric_argument; break;
      case AggregateArgument::ordered: use = Use::ordered_argument; break;
      case AggregateArgument::any: use = Use::any_argument; break;
    }
    typing.add(column.argument, use, column.expression);
  }
}

}  // namespace tallymill
