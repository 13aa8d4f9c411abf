#include "source/kafka/log_lines.h"

#include <algorithm>

#include "base/log.h"

namespace tallymill::kafka {
namespace {

// Shorter ones would blot out ordinary words, and are no secret.
constexpr std::size_t shortest_secret = 4;

constexpr int critical = 2;  // As in syslog.

}  // namespace

void Scrubber::hide(const Secret& secret) {
  if (secret.reveal().size() < shortest_secret) return;
  const std::lock_guard lock(mutex_);
  if (std::find(secrets_.begin(), secrets_.end(), secret) == secrets_.end()) {
    secrets_.push_back(secret);
  }
}

std::string Scrubber::scrub(std::string_view text) const {
  std::string clean(text);
  const std::lock_guard lock(mutex_);
  for (const Secret& secret : secrets_) {
    const std::string& hidden = secret.reveal();
    const std::string_view shown = Secret::redacted();
    for (auto at = clean.find(hidden); at != std::string::npos;
         at = clean.find(hidden, at + shown.size())) {
      clean.replace(at, hidden.size(), shown);
    }
  }
  return clean;
}

void log_line(const Scrubber& scrubber, int level, const char* facility, const char* text) {
  log(level <= critical ? LogLevel::error : LogLevel::debug, "librdkafka reports",
      {{"facility", facility}, {"text", scrubber.scrub(text)}});
}

}  // namespace tallymill::kafka
