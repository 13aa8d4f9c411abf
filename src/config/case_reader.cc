#include "config/case_reader.h"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string_view>

#include "config/config_file.h"
#include "config/json_text.h"
#include "config/scalars.h"
#include "config/value_reader.h"
#include "expression/nearest.h"

namespace tallymill {
namespace {

class CaseReader {
 public:
  CaseReader(const Document& document, Problems& problems) : document_(document), problems_(problems) {}

  CaseFile read(const YamlNode& root) {
    CaseFile file;
    file.path = document_.name();
    if (!check_map(root, {"config", "pipeline", "lookups", "cases"})) return file;
    const YamlNode* config = find(root, "config");
    file.config = config == nullptr ? default_config(root)
                                    : absolute_path(document_, text(*config).value_or(""));
    if (const YamlNode* pipeline = find(root, "pipeline")) {
      file.pipeline = text(*pipeline).value_or("");
      file.pipeline_place = pipeline->spot.place();
    }
    if (const YamlNode* lookups = find(root, "lookups")) {
      for (const YamlEntry& entry : entries_of(*lookups)) {
        file.lookups[entry.key] = {absolute_path(document_, text(*entry.value).value_or("")),
                                   entry.key_spot.place()};
      }
    }
    const YamlNode* cases = find(root, "cases");
    if (cases == nullptr) {
      wrong(root, "cases is missing: a mapping of names to what goes in and what comes out");
      return file;
    }
    for (const YamlEntry& entry : entries_of(*cases)) file.cases.push_back(read_case(entry));
    if (cases->kind == YamlNode::Kind::map && cases->entries.empty()) wrong(*cases, "there is no case");
    return file;
  }

 private:
  void wrong(const YamlNode& node, const std::string& message) {
    problems_.error(node.spot, (node.path.empty() ? "" : node.path + ": ") + message);
  }

  // Beside the file, and named as it is.
  std::string default_config(const YamlNode& root) {
    std::string name = std::filesystem::path(document_.name()).filename().string();
    const std::string_view suffix = case_file_suffix;
    if (!name.ends_with(suffix)) {
      wrong(root, "config is missing: the configuration that the cases are for");
      return "";
    }
    name.replace(name.size() - suffix.size(), suffix.size(), ".yaml");
    return absolute_path(document_, name);
  }

  static const YamlNode* find(const YamlNode& map, std::string_view key) {
    const YamlEntry* entry = map.find(key);
    return entry == nullptr ? nullptr : entry->value.get();
  }

  const std::vector<YamlEntry>& entries_of(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::map && node.kind != YamlNode::Kind::broken) {
      wrong(node, "a mapping is expected here");
    }
    return node.entries;
  }

  const std::vector<YamlNodePtr>& items_of(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::list && node.kind != YamlNode::Kind::broken) {
      wrong(node, "a list is expected here");
    }
    return node.items;
  }

  bool check_map(const YamlNode& node, std::initializer_list<std::string_view> keys) {
    for (const YamlEntry& entry : entries_of(node)) {
      if (std::find(keys.begin(), keys.end(), entry.key) != keys.end()) continue;
      problems_.error(entry.key_spot, "unknown key " + shown_key(entry.key) +
                                          expression::hint(entry.key, {keys.begin(), keys.size()},
                                                           "the keys here are"));
    }
    return node.kind == YamlNode::Kind::map;
  }

  std::optional<std::string> text(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::scalar && !node.text.empty()) return node.text;
    if (node.kind != YamlNode::Kind::broken) wrong(node, "a text is expected here");
    return std::nullopt;
  }

  // A mapping or a list is a JSON document, a text is what it says, and nothing is nothing.
  static std::optional<std::string> bytes(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::nothing) return std::nullopt;
    return node.kind == YamlNode::Kind::scalar ? node.text : json_text(node);
  }

  PipelineCase read_case(const YamlEntry& entry) {
    PipelineCase one;
    one.name = entry.key;
    one.place = entry.key_spot.place();
    const YamlNode& node = *entry.value;
    if (!check_map(node, {"events", "rows", "dead_letters", "stops"})) return one;
    const YamlNode* events = find(node, "events");
    if (events == nullptr) {
      wrong(node, "events is missing: a list of what is read");
      return one;
    }
    for (const YamlNodePtr& event : items_of(*events)) one.events.push_back(read_event(*event));
    const YamlNode* rows = find(node, "rows");
    const YamlNode* letters = find(node, "dead_letters");
    const YamlNode* stops = find(node, "stops");
    if (rows == nullptr && letters == nullptr && stops == nullptr) {
      wrong(node, "nothing is expected of this case; add rows, dead_letters or stops");
    }
    if (rows != nullptr) {
      for (const YamlEntry& table : entries_of(*rows)) one.tables.push_back(read_table(table));
    }
    if (letters != nullptr) {
      for (const YamlNodePtr& letter : items_of(*letters)) {
        one.letters.push_back(read_letter(*letter, one.events.size()));
      }
    }
    if (stops != nullptr && check_map(*stops, {"event", "reason"})) {
      one.stop = ExpectedStop{stops->spot.place(), read_index(*stops, one.events.size()),
                              read_reason(*stops)};
    }
    return one;
  }

  CaseEvent read_event(const YamlNode& node) {
    CaseEvent event;
    event.place = node.spot.place();
    if (!check_map(node, {"value", "key", "headers", "topic", "partition", "timestamp"})) return event;
    const YamlNode* value = find(node, "value");
    if (value == nullptr) {
      wrong(node, "value is missing: a JSON document, a text as it is, or null for a tombstone");
    } else {
      event.value = bytes(*value);
    }
    if (const YamlNode* key = find(node, "key")) event.key = bytes(*key);
    if (const YamlNode* topic = find(node, "topic")) event.topic = text(*topic);
    if (const YamlNode* headers = find(node, "headers")) {
      for (const YamlEntry& header : entries_of(*headers)) {
        event.headers.emplace_back(header.key, bytes(*header.value));
      }
    }
    if (const YamlNode* partition = find(node, "partition")) {
      const auto number = parse_integer(partition->text);
      if (!number.value || *number.value < 0 || *number.value > 1'000'000) {
        wrong(*partition, "the number of a partition is expected here");
      } else {
        event.partition = *number.value;
      }
    }
    if (const YamlNode* timestamp = find(node, "timestamp")) {
      event.timestamp = parse_timestamp(timestamp->text);
      if (!event.timestamp) wrong(*timestamp, "a time is expected here, as 2026-01-31T12:00:00Z");
    }
    return event;
  }

  ExpectedTable read_table(const YamlEntry& entry) {
    ExpectedTable table{entry.key_spot.place(), entry.key, {}};
    for (const YamlNodePtr& item : items_of(*entry.value)) {
      ExpectedRow row{item->spot.place(), {}};
      for (const YamlEntry& cell : entries_of(*item)) {
        row.cells.push_back({cell.value->spot.place(), cell.key, bytes(*cell.value)});
      }
      if (item->kind == YamlNode::Kind::map && row.cells.empty()) wrong(*item, "the row names no column");
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  ExpectedLetter read_letter(const YamlNode& node, std::size_t events) {
    ExpectedLetter letter;
    letter.place = node.spot.place();
    if (!check_map(node, {"event", "reason", "aggregation", "message"})) return letter;
    letter.event = read_index(node, events);
    letter.reason = read_reason(node);
    if (const YamlNode* name = find(node, "aggregation")) letter.aggregation = text(*name).value_or("");
    if (const YamlNode* message = find(node, "message")) letter.message = text(*message).value_or("");
    return letter;
  }

  // Events are counted from 1 by people.
  std::size_t read_index(const YamlNode& node, std::size_t events) {
    const YamlNode* event = find(node, "event");
    const auto number = parse_integer(event == nullptr ? std::string() : event->text);
    if (number.value && *number.value >= 1 && *number.value <= static_cast<std::int64_t>(events)) {
      return static_cast<std::size_t>(*number.value - 1);
    }
    wrong(event == nullptr ? node : *event,
          "event says which one, from 1 to " + std::to_string(events));
    return 0;
  }

  std::string read_reason(const YamlNode& node) {
    const YamlNode* reason = find(node, "reason");
    if (reason != nullptr) return text(*reason).value_or("");
    wrong(node, "reason is missing, as lookup_miss");
    return "";
  }

  const Document& document_;
  Problems& problems_;
};

}  // namespace

CaseFile read_cases(const Document& document, const YamlNode& root, Problems& problems) {
  return CaseReader(document, problems).read(root);
}

}  // namespace tallymill
