#include "base/log.h"

#include <pthread.h>
#include <signal.h>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>

#include "base/json_writer.h"

namespace tallymill {
namespace {

constexpr std::size_t queue_lines = 8192;

struct Logger {
  std::mutex mutex;  // Guards the two pointers.
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::logger> logger;
  std::atomic<LogFormat> format{LogFormat::text};

  std::shared_ptr<spdlog::logger> get() {
    const std::lock_guard lock(mutex);
    if (!logger) {
      // No signal is ever handled on the logger's thread.
      pool = std::make_shared<spdlog::details::thread_pool>(queue_lines, 1, [] {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);
      });
      // overrun_oldest: a blocked stderr costs lines, never the caller's time.
      logger = std::make_shared<spdlog::async_logger>(
          "tallymill", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool,
          spdlog::async_overflow_policy::overrun_oldest);
      logger->set_pattern("%v");
    }
    return logger;
  }
};

// Never destroyed: a line may be logged while the process ends.
Logger& the_logger() {
  static Logger* const logger = new Logger;
  return *logger;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

const char* word(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
  }
  return "error";
}

std::string wall_time() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(milliseconds));
  return text;
}

// Whatever is not plainly one word: no value may forge a field or a line, or reach a terminal's
// controls; what is not ASCII is checked on its way into quotes.
bool needs_quotes(const std::string& value) {
  return value.empty() || std::any_of(value.begin(), value.end(), [](char c) {
           return c <= ' ' || c >= '\x7f' || c == '"' || c == '=' || c == '\\';
         });
}

// Valid UTF-8 that no terminal obeys, as in quotes but without them.
std::string unquoted(std::string_view line) {
  const std::string quoted = JsonWriter().string(line).text();
  std::string text;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    const bool escapes = quoted[i] == '\\' && (quoted[i + 1] == '"' || quoted[i + 1] == '\\');
    text += quoted[escapes ? ++i : i];
  }
  return text;
}

// A value of several lines, as a problem with its caret, each behind a mark: whatever the value holds, no
// line of the log begins as an entry does.
std::string marked_lines(std::string_view key, std::string_view value) {
  std::string text = "\n  " + std::string(key) + ":";
  while (!value.empty()) {
    const std::size_t end = std::min(value.find('\n'), value.size());
    text += "\n  | " + unquoted(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return text;
}

std::string text_line(LogLevel level, std::string_view sentence,
                      std::initializer_list<LogField> fields) {
  std::string line = wall_time() + " " + word(level) + " " + std::string(sentence);
  std::string below;
  for (const LogField& field : fields) {
    if (field.value.find('\n') != std::string::npos) {
      below += marked_lines(field.key, field.value);
      continue;
    }
    line += ' ';
    line += field.key;
    line += '=';
    line += needs_quotes(field.value) ? JsonWriter().string(field.value).text() : field.value;
  }
  return line + below;
}

std::string json_line(LogLevel level, std::string_view sentence,
                      std::initializer_list<LogField> fields) {
  JsonWriter json;
  json.begin_object();
  json.key("time").string(wall_time());
  json.key("level").string(word(level));
  json.key("message").string(sentence);
  for (const LogField& field : fields) json.key(field.key).string(field.value);
  json.end_object();
  return json.text();
}

}  // namespace

void configure_log(LogLevel level, LogFormat format) {
  the_logger().get()->set_level(to_spdlog(level));
  the_logger().format = format;
}

void log(LogLevel level, std::string_view sentence, std::initializer_list<LogField> fields) {
  const auto logger = the_logger().get();
  if (!logger->should_log(to_spdlog(level))) return;
  const bool as_json = the_logger().format == LogFormat::json;
  const std::string line =
      as_json ? json_line(level, sentence, fields) : text_line(level, sentence, fields);
  logger->log(to_spdlog(level), spdlog::string_view_t(line));
}

std::uint64_t log_lines_dropped() {
  the_logger().get();
  return the_logger().pool->overrun_counter();
}

void flush_log() {
  const auto logger = the_logger().get();
  logger->flush();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (the_logger().pool->queue_size() > 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace tallymill
