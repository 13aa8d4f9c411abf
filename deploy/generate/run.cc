#include "run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string_view>
#include <vector>

namespace tallymill::generate {
namespace {

// Small enough for timestamps to be current, large enough for the work of a round to be small.
constexpr int round_ms = 10;
constexpr std::int64_t largest_run = 2'000;
constexpr int flush_ms = 60'000;

// A run of events, rendered into one buffer that is used again and again. An event that was rendered is
// sent, if later: a stream may count.
class Run {
 public:
  explicit Run(const Stream& stream)
      : buffer_(std::make_unique_for_overwrite<char[]>(largest_run * stream.max_event_bytes())) {}

  // REQUIRES: none is waiting.
  void render(Stream& stream, std::int64_t count, std::int64_t time_ms) {
    events_.clear();
    char* out = buffer_.get();
    for (std::int64_t i = 0; i < count; ++i) {
      const std::size_t length = stream.write_event(out, time_ms);
      events_.emplace_back(out, length);
      out += length;
    }
  }

  // Those that are not sent yet.
  std::vector<std::string_view>& waiting() { return events_; }

 private:
  std::unique_ptr<char[]> buffer_;
  std::vector<std::string_view> events_;
};

class Progress {
 public:
  explicit Progress(Rate::Clock::time_point start) : start_(start), next_(start) {}

  void show(Rate::Clock::time_point now, std::int64_t sent, const Producer& producer) {
    if (now < next_) return;
    next_ += std::chrono::seconds(1);
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(now - start_).count();
    std::printf("%4lld s: %lld events sent, %lld in the last second, %lld waiting, %lld lost\n",
                static_cast<long long>(second), static_cast<long long>(sent),
                static_cast<long long>(sent - shown_), static_cast<long long>(producer.waiting()),
                static_cast<long long>(producer.lost()));
    std::fflush(stdout);
    shown_ = sent;
  }

 private:
  Rate::Clock::time_point start_;
  Rate::Clock::time_point next_;
  std::int64_t shown_ = 0;
};

}  // namespace

int run(Stream& stream, Producer& producer, Rate::Limits limits, EventTimes times,
        const std::atomic<bool>& stop) {
  const auto start = Rate::Clock::now();
  Rate rate(limits, start);
  Progress progress(start);
  Run events(stream);
  std::int64_t sent = 0;
  for (auto now = start; !stop && !rate.finished(now, sent); now = Rate::Clock::now()) {
    progress.show(now, sent, producer);
    const std::int64_t due = rate.due(now, sent, largest_run * producer.partitions());
    // Each partition gets its share of what is due in this round.
    const std::int64_t share =
        std::clamp<std::int64_t>(due / producer.partitions() + 1, 1, largest_run);
    std::int64_t left = due;
    bool full = false;
    while (left > 0 && !full) {
      if (events.waiting().empty()) events.render(stream, std::min(left, share), times.of(sent));
      const std::size_t ready = events.waiting().size();
      producer.send(events.waiting());
      full = !events.waiting().empty();
      const auto taken = static_cast<std::int64_t>(ready - events.waiting().size());
      sent += taken;
      left -= taken;
    }
    const bool at_full_speed = limits.per_second == 0 && !full;
    producer.poll(at_full_speed ? 0 : round_ms);
  }
  const bool flushed = producer.flush(flush_ms);
  const std::int64_t missing = producer.waiting() + producer.lost();
  std::printf("%lld events sent, %lld acknowledged\n", static_cast<long long>(sent),
              static_cast<long long>(sent - missing));
  return flushed && missing == 0 ? 0 : 1;
}

}  // namespace tallymill::generate
