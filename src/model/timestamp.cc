#include "model/timestamp.h"

#include <date/date.h>

#include <cstdio>

#include "base/seeded_bug.h"

namespace tallymill {
namespace {

constexpr std::int64_t microseconds_per_second = 1000000;

std::int64_t floor_divide(std::int64_t number, std::int64_t divisor) {
  const std::int64_t quotient = number / divisor;
  if (seeded(Bug::time_divided_toward_zero)) return quotient;
  return number % divisor < 0 ? quotient - 1 : quotient;
}

// Reads text from the left; a failed step fails all that follow.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  int digits(std::size_t count) {
    int number = 0;
    if (text_.size() < count) ok_ = false;
    for (std::size_t i = 0; ok_ && i < count; ++i) {
      if (text_[i] < '0' || text_[i] > '9') ok_ = false;
      number = number * 10 + (text_[i] - '0');
    }
    if (ok_) text_.remove_prefix(count);
    return number;
  }
  bool skip(char c) {
    if (!ok_ || text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!skip(c)) ok_ = false;
  }
  // Microseconds of a fraction of one to nine digits; what lies below is cut off.
  std::int64_t fraction() {
    std::int64_t microseconds = 0;
    std::size_t count = 0;
    while (count < text_.size() && text_[count] >= '0' && text_[count] <= '9') {
      if (count < 6) microseconds = microseconds * 10 + (text_[count] - '0');
      ++count;
    }
    for (std::size_t i = count; i < 6; ++i) microseconds *= 10;
    if (count == 0 || count > 9) ok_ = false;
    if (ok_) text_.remove_prefix(count);
    return microseconds;
  }
  void fail() { ok_ = false; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return ok_ && text_.empty(); }

 private:
  std::string_view text_;
  bool ok_ = true;
};

// Minutes east of UTC; none given means UTC.
int read_zone(Reader& reader) {
  if (reader.done() || reader.skip('Z') || reader.skip('z')) return 0;
  const bool east = reader.skip('+');
  if (!east) reader.expect('-');
  const int hours = reader.digits(2);
  reader.expect(':');
  const int minutes = reader.digits(2);
  if (hours > 23 || minutes > 59) reader.fail();
  return (east ? 1 : -1) * (hours * 60 + minutes);
}

}  // namespace

std::optional<Timestamp> timestamp_from(std::int64_t number, TimeUnit unit) {
  std::int64_t microseconds = number;
  bool overflow = false;
  switch (unit) {
    case TimeUnit::seconds:
      overflow = __builtin_mul_overflow(number, microseconds_per_second, &microseconds);
      break;
    case TimeUnit::milliseconds:
      overflow = __builtin_mul_overflow(number, std::int64_t{1000}, &microseconds);
      break;
    case TimeUnit::microseconds: break;
    case TimeUnit::nanoseconds: microseconds = floor_divide(number, 1000); break;
  }
  const Timestamp timestamp(microseconds);
  if (overflow || !timestamp.in_range()) return std::nullopt;
  return timestamp;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  Reader reader(text);
  const int year = reader.digits(4);
  reader.expect('-');
  const int month = reader.digits(2);
  reader.expect('-');
  const int day = reader.digits(2);
  if (!reader.skip('T') && !reader.skip('t')) reader.expect(' ');
  const int hour = reader.digits(2);
  reader.expect(':');
  const int minute = reader.digits(2);
  reader.expect(':');
  const int second = reader.digits(2);
  const std::int64_t fraction = reader.skip('.') ? reader.fraction() : 0;
  const int zone = read_zone(reader);
  if (!reader.done() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const date::year_month_day ymd = date::year(year) / month / day;
  if (!ymd.ok()) return std::nullopt;
  const auto days = date::sys_days(ymd).time_since_epoch().count();
  const std::int64_t seconds =
      std::int64_t{days} * 86400 + hour * 3600 + minute * 60 + second - std::int64_t{zone} * 60;
  // A leap second comes only at the end of a UTC day; POSIX time makes of it the second after it.
  if (second == 60 && seconds % 86400 != 0) return std::nullopt;
  const Timestamp timestamp(seconds * microseconds_per_second + fraction);
  if (!timestamp.in_range()) return std::nullopt;
  return timestamp;
}

std::string to_string(Timestamp timestamp) {
  const std::int64_t seconds = floor_divide(timestamp.microseconds(), microseconds_per_second);
  const std::int64_t fraction = timestamp.microseconds() - seconds * microseconds_per_second;
  const std::int64_t days = floor_divide(seconds, 86400);
  const std::int64_t in_day = seconds - days * 86400;
  const date::year_month_day ymd{date::sys_days(date::days(days))};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                static_cast<int>(in_day / 3600), static_cast<int>(in_day / 60 % 60),
                static_cast<int>(in_day % 60));
  std::string result(text);
  if (fraction != 0) {
    std::snprintf(text, sizeof text, ".%06d", static_cast<int>(fraction));
    result += text;
    while (result.back() == '0') result.pop_back();
  }
  return result + "Z";
}

Timestamp window_start(Timestamp timestamp, std::chrono::microseconds width) {
  return Timestamp(floor_divide(timestamp.microseconds(), width.count()) * width.count());
}

}  // namespace tallymill
