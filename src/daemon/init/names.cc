#include "daemon/init/names.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/printable.h"
#include "config/expression_text.h"
#include "config/yaml_trap.h"
#include "model/field.h"

namespace tallymill {
namespace {

using Words = std::vector<std::string>;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool holds_any(const Words& words, std::initializer_list<std::string_view> wanted) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
  });
}

// What YAML, or some reader of it, takes for something else than text.
bool is_yaml_word(std::string_view text) {
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr std::array<std::string_view, 9> words = {"null", "true", "false", "yes", "no",
                                                     "on",   "off",  "y",     "n"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

Words words_of(std::string_view name) {
  Words words;
  bool open = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_upper(c) && !is_lower(c) && !is_digit(c)) {
      open = false;
      continue;
    }
    const char before = i > 0 ? name[i - 1] : '\0';
    const char after = i + 1 < name.size() ? name[i + 1] : '\0';
    // eventTime, HTTPStatus
    const bool starts = is_upper(c) && (!is_upper(before) || is_lower(after));
    if (!open || starts) words.emplace_back();
    open = true;
    words.back() += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return words;
}

TimeName time_name(std::string_view name) {
  const Words words = words_of(name);
  if (words.empty()) return TimeName::none;
  const bool speaks = holds_any(words, {"time", "timestamp", "ts", "date", "datetime", "when", "epoch"}) ||
                      words.back() == "at";
  if (!speaks) return TimeName::none;
  if (holds_any(words, {"event", "occurred", "happened"})) return TimeName::event;
  const bool of_something_else = holds_any(
      words, {"expire", "expires", "expired", "expiry", "expiration", "birth", "due", "valid", "update",
              "updated", "modified", "deleted", "end", "ended", "finished", "received", "processed",
              "processing", "ingest", "ingested", "ingestion", "sent"});
  return of_something_else ? TimeName::another : TimeName::plain;
}

bool names_no_amount(std::string_view name) {
  return holds_any(words_of(name),
                   {"id",   "ids",   "uid",      "uuid",      "guid",      "key",   "hash",   "code",
                    "port", "pid",   "tid",      "status",    "version",   "offset", "partition", "seq",
                    "sequence", "number", "no",  "nr",        "zip",       "postcode", "phone", "year",
                    "month", "day",  "hour",     "minute",    "weekday",   "lat",   "latitude", "lon",
                    "lng",  "longitude", "level", "priority", "rank",      "index", "position"}) ||
         time_name(name) != TimeName::none;
}

std::string made_name(std::string_view text, std::string_view fallback) {
  std::string name;
  for (const std::string& word : words_of(text)) name += (name.empty() ? "" : "_") + word;
  if (name.empty()) name = fallback;
  if (is_digit(name.front())) name = std::string(fallback) + "_" + name;
  return name.substr(0, longest_made_name);
}

ColumnNames::ColumnNames()
    : taken_{"events", "window_start", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"} {}

std::string ColumnNames::take(const std::string& wanted) {
  std::string name = wanted;
  for (int i = 2; !taken_.insert(name).second; ++i) name = wanted + "_" + std::to_string(i);
  return name;
}

std::string field_text(const std::vector<std::string>& path) {
  Field field;
  field.path = path;
  std::string text = field.str();
  if (printable(text) != text) return {};
  if (parse_field_path(text) == path) return text;
  // A word of the language, or what every record has.
  text = '`' + path.front() + '`';
  for (std::size_t i = 1; i < path.size(); ++i) {
    text += "[\"";
    for (const char c : path[i]) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += "\"]";
  }
  return parse_field_path(text) == path ? text : std::string();
}

std::string yaml_text(std::string_view text) {
  const auto is_plain = [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '_'; };
  const auto is_plain_inside = [&](char c) {
    return is_plain(c) || c == '.' || c == '-' || c == '(' || c == ')';
  };
  const bool plain = !text.empty() && is_plain(text.front()) && !is_digit(text.front()) &&
                     std::all_of(text.begin(), text.end(), is_plain_inside) && !is_yaml_word(text);
  return plain ? std::string(text) : quoted(text);
}

std::string value_text(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "${") escaped += '$';
    escaped += text[i];
  }
  return yaml_text(escaped);
}

}  // namespace tallymill
