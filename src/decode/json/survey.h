#pragma once

// Looks through JSON documents and says what fields there are: for proposing a configuration.
//
// Memory is bounded whatever the documents are, by the limits below and the largest document. Not
// thread-safe.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "decode/json/field_facts.h"

namespace tallymill {

struct SurveyResult {
  std::int64_t documents = 0;                  // Objects that a pipeline could read.
  std::map<std::string, std::int64_t> unusable;  // The others, by the reason a dead letter would have.
  std::vector<FieldFacts> fields;              // In the order in which they came, outer ones first.
  bool more_fields = false;                    // There were too many, or names that are too long.
};

class Survey {
 public:
  static constexpr std::size_t most_fields = 300;
  static constexpr std::size_t longest_name = 128;  // Bytes of one key.
  static constexpr std::size_t levels = 3;          // Of objects that are looked into.

  // A document of more than `largest` bytes is unusable.
  explicit Survey(std::size_t largest);
  ~Survey();
  Survey(const Survey&) = delete;
  Survey& operator=(const Survey&) = delete;

  // Of a key that stands twice in an inner object the first counts.
  void add(std::string_view document);

  [[nodiscard]] SurveyResult result() const;

 private:
  class Walk;
  std::unique_ptr<Walk> walk_;
};

}  // namespace tallymill
