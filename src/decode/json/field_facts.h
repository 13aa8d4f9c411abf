#pragma once

// What is known of one field after some records: plain counts, no record is kept.

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/timestamp.h"

namespace tallymill {

struct FieldFacts {
  static constexpr std::size_t most_values = 100;   // More are many; none of them is kept then.
  static constexpr std::size_t longest_value = 64;  // Bytes; a longer one makes them many.

  std::vector<std::string> path;  // {"user", "id"} for user.id.

  // Values by kind.
  std::int64_t nulls = 0;
  std::int64_t booleans = 0;
  std::int64_t numbers = 0;
  std::int64_t strings = 0;
  std::int64_t arrays = 0;
  std::int64_t objects = 0;

  // Of the strings.
  std::int64_t times = 0;     // As in RFC 3339.
  std::int64_t digits = 0;    // A number without an exponent; zeros before it make it none.
  std::int64_t with_nul = 0;  // No column can hold them.

  // Of the numbers, and of the strings that are one.
  std::int64_t whole = 0;  // Integers of 64 bits.
  std::int64_t large = 0;  // Integers that need more.
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();   // Of the whole ones.
  std::int64_t highest = std::numeric_limits<std::int64_t>::min();
  int fraction_digits = 0;  // The most behind a point.
  bool exponents = false;

  // The different strings and booleans, unless they are many.
  std::set<std::string> values;
  bool many_values = false;

  void add_boolean(bool value);
  // `token` is a number as JSON spells it.
  void add_number(std::string_view token);
  void add_string(std::string_view text);

  [[nodiscard]] std::int64_t seen() const { return present() + nulls; }
  // Not counting nulls.
  [[nodiscard]] std::int64_t present() const { return booleans + numbers + strings + arrays + objects; }

  // The unit in which all values are times of the years 2000 to 2100, if there is one.
  [[nodiscard]] std::optional<TimeUnit> epoch_unit() const;

 private:
  void measure(std::string_view number);
  void remember(std::string_view value);
};

}  // namespace tallymill
