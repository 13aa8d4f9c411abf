#pragma once

// Structured logs: a constant sentence plus key=value pairs, one entry per change of state. A
// healthy day is almost silent; whatever happens per record is a metric. An entry is a line; only as
// text, a value of several lines stands below it, each line behind "  | ", so that none can be taken
// for an entry.
//
//   log_warn("connection to Postgres lost", {{"pipeline", name}, {"error", error.message()}});
//
// Thread-safe. A log sink that is blocked or full loses lines, never time: lines are queued,
// bounded, and those dropped are counted (log_lines_dropped).

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tallymill {

enum class LogLevel { debug, info, warn, error };
enum class LogFormat { text, json };

struct LogField {
  LogField(std::string_view field_key, std::string_view field_value)
      : key(field_key), value(field_value) {}
  LogField(std::string_view field_key, const char* field_value)
      : key(field_key), value(field_value) {}
  LogField(std::string_view field_key, std::int64_t field_value)
      : key(field_key), value(std::to_string(field_value)) {}

  std::string_view key;
  std::string value;
};

// Takes effect for all lines that follow. Before it is called, lines go to stderr as text.
void configure_log(LogLevel level, LogFormat format);

void log(LogLevel level, std::string_view sentence, std::initializer_list<LogField> fields);

inline void log_debug(std::string_view sentence, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::debug, sentence, fields);
}
inline void log_info(std::string_view sentence, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::info, sentence, fields);
}
inline void log_warn(std::string_view sentence, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::warn, sentence, fields);
}
inline void log_error(std::string_view sentence, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::error, sentence, fields);
}

// Lines that were lost because the log's reader did not keep up, since the process started.
[[nodiscard]] std::uint64_t log_lines_dropped();

// Writes what is queued, waiting at most a second. Called once, before the process ends.
void flush_log();

}  // namespace tallymill
