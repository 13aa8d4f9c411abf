#pragma once

// Whether a configuration does all that another one did, and more.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallymill {

// What it does more. Whatever is not named here counts as before.
struct Growth {
  struct Aggregation {
    std::string name;
    std::vector<std::string> columns;  // Aggregates and formulas, by the names of the configuration.
  };
  std::vector<Aggregation> grown;         // Those that were there, and have got columns.
  std::vector<std::string> aggregations;  // New ones, by name.
  // Statements of new fields, lookups and derived values. A record that is no use to them is rejected
  // whole, as for any other.
  std::vector<std::string> reads;

  // The new columns of an aggregation that was there.
  [[nodiscard]] std::vector<std::string> columns_of(std::string_view aggregation) const;
};

// Compares two canonical texts of pipelines (config/fingerprint.h). Nothing if something that was
// counted is gone or is counted otherwise, or if new parts would pass over records without a word. The
// order of columns counts for nothing; that of keys does.
[[nodiscard]] std::optional<Growth> growth_of(std::string_view counted, std::string_view configured);

}  // namespace tallymill
