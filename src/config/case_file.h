#pragma once

// Cases for a pipeline, written in YAML beside its configuration: events in; rows, dead letters and a
// stop out. What a file says is read here; what the events come to is pipeline/case_run.h.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/problem.h"
#include "model/timestamp.h"

namespace tallymill {

struct CaseEvent {
  Place place;
  std::optional<std::string> topic;  // The pipeline's first one if not given.
  std::int64_t partition = 0;
  std::optional<Timestamp> timestamp;
  std::optional<std::string> key;
  std::optional<std::string> value;  // Nothing: a tombstone.
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

struct ExpectedCell {
  Place place;
  std::string column;
  std::optional<std::string> text;  // Nothing: null.
};

struct ExpectedRow {
  Place place;
  std::vector<ExpectedCell> cells;
};

struct ExpectedTable {
  Place place;
  std::string aggregation;
  std::vector<ExpectedRow> rows;  // All there are.
};

struct ExpectedLetter {
  Place place;
  std::size_t event = 0;    // Index into the events.
  std::string reason;
  std::string aggregation;  // Empty: the record is rejected whole.
  std::string message;      // A part of it; empty if anything will do.
};

struct ExpectedStop {
  Place place;
  std::size_t event = 0;
  std::string reason;
};

struct PipelineCase {
  Place place;
  std::string name;
  std::vector<CaseEvent> events;
  std::vector<ExpectedTable> tables;  // Those that are named; others are not looked at.
  std::vector<ExpectedLetter> letters;  // All there are.
  std::optional<ExpectedStop> stop;
};

struct CaseFile {
  std::string path;
  std::string config;    // Made absolute.
  std::string pipeline;  // Empty: the only one.
  Place pipeline_place;
  // Lookups that are read from another file, made absolute.
  struct Lookup {
    std::string file;
    Place place;
  };
  std::map<std::string, Lookup> lookups;
  std::vector<PipelineCase> cases;
};

struct LoadedCases {
  std::optional<CaseFile> file;  // Nothing if there is a problem.
  std::vector<Problem> problems;
};

inline constexpr const char* case_file_suffix = ".test.yaml";

// The configuration of a.test.yaml that names none is a.yaml beside it.
[[nodiscard]] LoadedCases load_cases(const std::string& path);
[[nodiscard]] LoadedCases load_cases_text(const std::string& name, std::string text);

// The files that `path` stands for: itself, or those of a folder that end in .test.yaml, in the order of
// their names. Empty with a problem if there is none.
[[nodiscard]] std::vector<std::string> list_case_files(const std::string& path,
                                                       std::vector<Problem>& problems);

}  // namespace tallymill
