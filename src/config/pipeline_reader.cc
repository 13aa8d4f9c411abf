#include "config/pipeline_reader.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "config/aggregation_reader.h"
#include "config/fields.h"
#include "config/fingerprint.h"
#include "config/lookup_reader.h"
#include "config/source_reader.h"
#include "config/table_plan_builder.h"
#include "expression/names.h"
#include "expression/typing.h"

namespace tallymill {
namespace {

struct DeriveDraft {
  std::string name;
  std::size_t expression = 0;
};

std::vector<DeriveDraft> read_derives(const Section& pipeline,
                                      const std::vector<DeclaredField>& fields,
                                      Expressions& expressions, Loading& loading) {
  std::vector<DeriveDraft> derives;
  for (const YamlEntry& entry : pipeline.named_identifiers("derive")) {
    const auto wrong = [&](const std::string& message) {
      loading.problems.error(entry.key_spot, entry.value->path + ": " + message);
    };
    if (expression::find_metadata(entry.key) != nullptr) {
      wrong(entry.key + " is part of every record; choose another name");
    } else if (expression::is_reserved_word(entry.key)) {
      wrong(entry.key + " is a reserved word of expressions; choose another name");
    }
    for (const DeclaredField& declared : fields) {
      if (declared.field.path.front() == entry.key) {
        wrong("there is a field " + declared.field.str() + " in source.fields; choose another name");
        break;
      }
    }
    if (auto text = read_expression(entry.value, loading)) {
      derives.push_back({entry.key, expressions.add(std::move(*text))});
    }
  }
  return derives;
}

void read_policies(const Section& section, PipelineSpec& spec) {
  spec.interval = section.duration("interval").value_or(spec.interval);
  spec.max_events = section.integer("max_events").value_or(0);
  spec.max_future = section.duration("max_future");
  spec.on_error = section.word<OnError>("on_error").value_or(spec.on_error);
  spec.on_data_loss = section.word<OnDataLoss>("on_data_loss").value_or(spec.on_data_loss);
  spec.max_dead_letter_ratio =
      section.real("max_dead_letter_ratio").value_or(spec.max_dead_letter_ratio);
  spec.renamed_from = section.identifier("renamed_from");

  const Section letters = section.section("dead_letters");
  spec.dead_letters.max_bytes = letters.size("max_bytes").value_or(spec.dead_letters.max_bytes);
  spec.dead_letters.payload =
      letters.word<DeadLetterPayload>("payload").value_or(spec.dead_letters.payload);
  const auto seconds = [](std::chrono::milliseconds duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration);
  };
  if (const auto retention = letters.duration("retention")) {
    spec.dead_letters.retention = seconds(*retention);
  }
  if (const auto retention = section.section("ledger").duration("retention")) {
    spec.ledger_retention = seconds(*retention);
  }
}

std::vector<std::string> names_of(const std::vector<DeriveDraft>& derives) {
  std::vector<std::string> names;
  for (const DeriveDraft& derive : derives) names.push_back(derive.name);
  return names;
}

expression::Typing make_typing(const std::vector<DeclaredField>& declared,
                               const std::vector<DeriveDraft>& derives,
                               const std::vector<LookupSpec>& lookups,
                               const Expressions& expressions) {
  std::vector<Field> fields;
  for (const DeclaredField& each : declared) fields.push_back(each.field);
  std::vector<std::string> lookup_names;
  for (const LookupSpec& lookup : lookups) lookup_names.push_back(lookup.name);
  expression::Typing typing(std::move(fields), names_of(derives), std::move(lookup_names));
  for (std::size_t i = 0; i < lookups.size(); ++i) {
    const bool keeps_misses = lookups[i].on_miss == expression::OnMiss::keep;
    if (keeps_misses || lookups[i].table) typing.may_be_absent(i);
  }
  for (std::size_t i = 0; i < derives.size(); ++i) {
    typing.add_derive(i, expressions.tree(derives[i].expression), derives[i].expression);
  }
  return typing;
}

void report_typing(expression::Typing& typing, Expressions& expressions, Loading& loading) {
  for (const auto& [owner, problem] : typing.resolve()) {
    expressions.broken.insert(owner);
    report(expressions.texts[owner], problem.span, problem.message, loading);
  }
  for (const auto& [owner, doubt] : typing.doubts()) {
    const ExpressionText& text = expressions.texts[owner];
    loading.problems.warning(text.at(doubt.span), text.node->path + ": " + doubt.message);
  }
}

}  // namespace

PipelineSpec read_pipeline(const YamlEntry& entry, const std::string& postgres_schema,
                           Tables& tables, Loading& loading) {
  PipelineSpec spec;
  spec.name = entry.key;
  spec.place = entry.key_spot.place();
  const std::size_t errors_before = loading.problems.errors();
  const Section section(loading, entry.value, "pipelines.*", *entry.value);
  if (!section.given()) return spec;

  const Section source = section.section("source");
  spec.source = read_source(source, spec.name, loading);
  std::vector<DeclaredField> declared = read_fields(source, loading);
  spec.event_time.field = read_event_time(section.section("event_time"), declared, loading);
  spec.lookups = read_lookups(section, tables, loading);
  read_policies(section, spec);

  Expressions expressions;
  const std::vector<DeriveDraft> derives = read_derives(section, declared, expressions, loading);
  std::vector<AggregationDraft> drafts;
  for (const YamlEntry& aggregation : section.named_identifiers("aggregations")) {
    drafts.push_back(read_aggregation(aggregation, postgres_schema, expressions, loading));
    tables.write(drafts.back().spec.plan, drafts.back().table_spot, loading);
  }

  expression::Typing typing = make_typing(declared, derives, spec.lookups, expressions);
  for (const AggregationDraft& draft : drafts) add_expressions(draft, expressions, typing);
  report_typing(typing, expressions, loading);

  spec.fields = typing.fields();
  for (const auto& column : typing.lookup_columns()) {
    spec.lookups[column.lookup].columns.push_back(column.column);
  }
  for (const DeriveDraft& derive : derives) {
    spec.derives.push_back({derive.name, expressions.tree(derive.expression)});
  }
  for (AggregationDraft& draft : drafts) {
    build_table_plan(draft, expressions, loading);
    spec.aggregations.push_back(std::move(draft.spec));
  }
  if (loading.problems.errors() == errors_before) set_fingerprints(spec);
  return spec;
}

}  // namespace tallymill
