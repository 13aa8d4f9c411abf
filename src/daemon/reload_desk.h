#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tallymill {

enum class ReloadResult : std::uint8_t {
  none,        // Nobody asked for one yet.
  applied,     // The file is in force, or it was before.
  rejected,    // Nothing was changed.
  incomplete,  // The file is in force, but a pipeline that was to start has stopped.
};
[[nodiscard]] std::string_view to_string(ReloadResult result);

// What became of the last reload, for a person.
struct ReloadReport {
  // Whoever reads `requested` before he asks is answered once `answered` is higher than that: by a reload
  // that began after he read it.
  std::int64_t requested = 0;
  std::int64_t answered = 0;
  ReloadResult result = ReloadResult::none;
  std::string message;  // Lines, as `check` would print them; empty while there is none.
  std::optional<WallTime> at;
};

// Where reloads are asked for and answered. However often one is asked for while another is under way, one
// more follows it. Thread-safe.
class ReloadDesk {
 public:
  void request();
  // How many requests the reload that begins now will answer; nothing if there is none to answer.
  [[nodiscard]] std::optional<std::int64_t> due() const;
  void answer(std::int64_t requests, ReloadResult result, std::string message, WallTime now);
  [[nodiscard]] ReloadReport report() const;

 private:
  mutable std::mutex mutex_;  // Guards what follows.
  ReloadReport report_;
};

}  // namespace tallymill
