#pragma once

// What a field's name tells about its values, and names for columns made of it. Guesses: a person
// reads what is made of them.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tallymill {

// "eventTime", "event_time" and "Event-Time" are {"event", "time"}. Only letters A to Z and digits
// count.
[[nodiscard]] std::vector<std::string> words_of(std::string_view name);

enum class TimeName : std::uint8_t {
  event,    // Says when it happened: event_time, occurred_at.
  plain,    // time, ts, created_at.
  another,  // A time of something else: expires_at, updated_at.
  none,
};
[[nodiscard]] TimeName time_name(std::string_view name);

// Whether numbers of this name are rather not added up: ids, codes, coordinates.
[[nodiscard]] bool names_no_amount(std::string_view name);

// The words of the text as a name in Postgres; `fallback` if there are none. At most
// `longest_made_name` bytes.
inline constexpr std::size_t longest_made_name = 50;
[[nodiscard]] std::string made_name(std::string_view text, std::string_view fallback);

// Names of one table's columns, each once, and none that Postgres or a window has taken.
class ColumnNames {
 public:
  ColumnNames();
  // `wanted`, or wanted_2, ...; at most 63 bytes if `wanted` has at most longest_made_name + 6.
  [[nodiscard]] std::string take(const std::string& wanted);

 private:
  std::set<std::string> taken_;
};

// The field as expressions and source.fields name it; empty if they cannot.
[[nodiscard]] std::string field_text(const std::vector<std::string>& path);

// A scalar of YAML that reads as this very text. REQUIRES: no control characters.
[[nodiscard]] std::string yaml_text(std::string_view text);

// The same for a value of the configuration, where ${...} would stand for a variable.
[[nodiscard]] std::string value_text(std::string_view text);

}  // namespace tallymill
