#pragma once

#include <cstdint>
#include <ctime>
#include <string>

#include "text.h"

namespace tallymill::generate {

// Times as text with milliseconds, UTC. The part up to the second is kept for as long as it is right.
class SecondText {
 public:
  // `format` is strftime's, up to the point in front of the milliseconds; at most 31 characters come of it.
  explicit SecondText(const char* format) : format_(format) {}

  // REQUIRES: now_ms >= 0.
  char* put(char* out, std::int64_t now_ms) {
    const std::int64_t second = now_ms / 1000;
    if (second != second_) {
      second_ = second;
      const std::time_t time = second;
      std::tm utc{};
      gmtime_r(&time, &utc);
      char text[32];
      text_.assign(text, std::strftime(text, sizeof text, format_, &utc));
    }
    return put_digits(generate::put(out, text_), now_ms % 1000, 3);
  }

 private:
  const char* format_;
  std::int64_t second_ = -1;
  std::string text_;
};

}  // namespace tallymill::generate
