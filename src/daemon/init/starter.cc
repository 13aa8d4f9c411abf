#include "daemon/init/starter.h"

#include "base/printable.h"
#include "config/yaml_trap.h"
#include "daemon/init/field_phrases.h"
#include "daemon/init/names.h"

namespace tallymill {
namespace {

constexpr const char* stand_in_topic = "events";

std::string unit_text(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::seconds: return "s";
    case TimeUnit::milliseconds: return "ms";
    case TimeUnit::microseconds: return "us";
    case TimeUnit::nanoseconds: return "ns";
  }
  return "ms";
}

// One line per field; "cost: decimal  # in all 1000 records".
std::string field_line(const ProposedField& field) {
  std::string type = std::string(to_string(field.type)) + (field.optional ? "?" : "");
  if (field.unit) type = "{type: " + type + ", unit: " + unit_text(*field.unit) + "}";
  return yaml_text(field.text) + ": " + type + "  # " + field.why + "\n";
}

std::string field_lines(const Proposal& proposal) {
  std::string used;
  std::string unused;
  for (std::size_t i = 0; i < proposal.fields.size(); ++i) {
    if (proposal.event_time == i) continue;
    const ProposedField& field = proposal.fields[i];
    if (field.used) used += "        " + field_line(field);
    if (!field.used) unused += "        # " + field_line(field);
  }
  std::string text;
  if (!used.empty()) {
    text += "      fields:  # With a ? null and missing are let through, without it such a record is rejected.\n";
  } else if (!unused.empty()) {
    text += "      # fields:\n";
  }
  text += used;
  if (!unused.empty()) text += "      # Not used so far; take the # away from what you use:\n" + unused;
  for (const LeftOutField& field : proposal.left_out) {
    text += "      # Left out: " + field.name + ": " + field.why + "\n";
  }
  if (proposal.more_fields) text += "      # There were more fields, or longer names, than were looked at.\n";
  return text;
}

std::string event_time_lines(const Proposal& proposal) {
  if (!proposal.event_time) {
    return "    # No field with a time was found in all records: windows go by the record's own Kafka timestamp.\n"
           "    # event_time: {field: time, unit: ms}  # without unit: RFC 3339 text\n";
  }
  const ProposedField& field = proposal.fields[*proposal.event_time];
  std::string text = "    event_time:  # Decides the window. A record without it is rejected.\n"
                     "      field: " + value_text(field.text) + "  # " + field.why + "\n";
  if (field.unit) text += "      unit: " + unit_text(*field.unit) + "\n";
  return text;
}

std::string group_lines(const Proposal& proposal) {
  if (proposal.group_by.empty()) {
    return "        # No field of few different values was found: one row per window.\n"
           "        # group_by: [service]\n";
  }
  std::string text = "        group_by:  # One row per window and combination of these.\n";
  for (const ProposedColumn& key : proposal.group_by) {
    const ProposedField& field = proposal.fields[key.field];
    const bool is_own_name = field.text == key.name;
    text += "          - " + (is_own_name ? "" : yaml_text(key.name) + ": ") + value_text(field.text) +
            "  # " + field.why + "\n";
  }
  return text;
}

std::string sum_lines(const Proposal& proposal) {
  std::string text;
  for (const ProposedColumn& sum : proposal.sums) {
    const ProposedField& field = proposal.fields[sum.field];
    text += "          " + sum.name + ": " + value_text("sum(" + field.text + ")") + "  # " + field.why + "\n";
  }
  return text;
}

// What stands where nothing is known of the records.
constexpr const char* general_fields =
    "      # fields:  # string, int, decimal, double, bool or timestamp; with a ? null and missing are let through\n"
    "      #   service: string\n"
    "      #   amount: decimal?\n";
constexpr const char* general_event_time =
    "    # event_time: {field: time, unit: ms}  # without unit: RFC 3339 text; without it all: the Kafka timestamp\n";
constexpr const char* general_group = "        # group_by: [service]  # one row per window and service\n";
constexpr const char* general_columns = "          # total: sum(amount)\n";

std::string head(const StarterInput& input) {
  if (!input.proposal) {
    return "# A starter: fill in what stands behind # where you need it.\n"
           "# With --topic or --input, tallymill init proposes fields and types from records.\n";
  }
  return "# Proposed by tallymill init from " + std::to_string(input.proposal->documents) + " of " +
         printable(input.from) + ". It knows no others:\n"
         "# read it through and change what is wrong. Comments show values of fields that have few of them.\n";
}

std::string next_steps(const std::string& file) {
  const std::string name = printable(file);
  return "\n# Next:\n"
         "#   tallymill check " + name + "      # every problem at once; --connect also asks Kafka and Postgres\n"
         "#   tallymill preview " + name + "    # the rows that the last records come to; nothing is written\n"
         "#   tallymill test ...          # cases, records in and rows out, if you write some: docs/trying.md\n"
         "#   tallymill run " + name + "\n";
}

}  // namespace

std::string kafka_section(const std::string& brokers) {
  return "kafka:\n  brokers: " + quoted(brokers) + "\n";
}

std::string starter_text(const StarterInput& input) {
  const std::string topic = input.topic.empty() ? stand_in_topic : input.topic;
  const std::string name = input.name.empty() ? made_name(topic, "events") : input.name;
  const std::string table = name.substr(0, longest_made_name) + "_per_minute";
  const bool known = input.proposal.has_value();
  const auto part = [&](auto lines, const char* general) {
    return known ? lines(*input.proposal) : std::string(general);
  };
  return head(input) + "# All keys: docs/configuration.md\n\n" + input.kafka +
         "postgres:\n"
         "  dsn: '${POSTGRES_DSN:-host=localhost dbname=tallymill user=tallymill}'  # where the tables are\n\n"
         "pipelines:\n"
         "  " + yaml_text(name) + ":\n"
         "    source:\n"
         "      topics: [" + value_text(topic) + "]" + (input.topic.empty() ? "  # a name for now: write your topic's" : "") + "\n"
         "      start: earliest  # or latest, a time as 2026-01-31T00:00:00Z, or -10m\n" +
         part(field_lines, general_fields) + part(event_time_lines, general_event_time) +
         "    interval: 5s  # between commits: how fresh the table is\n"
         "    aggregations:\n"
         "      " + yaml_text(table) + ":  # A table of this name in Postgres.\n"
         "        window: 1m\n"
         "        retention: 30d  # Rows of older windows are deleted.\n" +
         part(group_lines, general_group) +
         "        columns:\n"
         "          events: count()\n" +
         part(sum_lines, general_columns) + next_steps(input.file);
}

}  // namespace tallymill
