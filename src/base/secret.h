#pragma once

#include <string>
#include <utility>

namespace tallymill {

// A value that no log, message or page may show. It has no stream operator and no conversion: the
// one place that hands it to a vendor calls reveal().
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  [[nodiscard]] static const char* redacted() { return "***"; }

  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string value_;
};

}  // namespace tallymill
