#pragma once

// What a pipeline could count of records that were surveyed.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "decode/json/survey.h"
#include "model/timestamp.h"
#include "model/value.h"

namespace tallymill {

// A field as expressions name it, its type, and what was seen of it, for a comment: a phrase without
// control characters. It shows values of a field that has at most `most_shown` different ones.
struct ProposedField {
  static constexpr std::size_t most_shown = 20;

  std::string text;
  Type type = Type::string;
  bool optional = false;          // Missing or null in some.
  std::optional<TimeUnit> unit;   // Of a timestamp that is a number.
  std::string why;
  bool used = false;              // As a key or an amount.
};

struct ProposedColumn {
  std::string name;       // In Postgres.
  std::size_t field = 0;  // Of Proposal::fields.
};

struct LeftOutField {
  std::string name;  // As well as it can be shown.
  std::string why;
};

struct Proposal {
  std::int64_t documents = 0;
  std::vector<ProposedField> fields;
  std::vector<LeftOutField> left_out;
  bool more_fields = false;
  std::optional<std::size_t> event_time;  // Of fields; a timestamp that all documents have.
  std::vector<ProposedColumn> group_by;   // At most two, of few different values.
  std::vector<ProposedColumn> sums;       // At most five.
};

// Pure: the same for the same records.
[[nodiscard]] Proposal propose(const SurveyResult& survey);

}  // namespace tallymill
