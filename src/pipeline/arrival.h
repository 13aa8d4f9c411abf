#pragma once

#include <memory>
#include <string_view>

#include "decode/decoder.h"
#include "model/timestamp.h"

namespace tallymill {

// When a record came of which nobody says when it came: when its event happened, so that it is neither
// late nor from the future. Not thread-safe.
class Arrival {
 public:
  // `event_time` decodes that one field; null if events have no time of their own. `otherwise` is for
  // those, and for events whose time cannot be read.
  Arrival(std::unique_ptr<Decoder> event_time, Timestamp otherwise);

  [[nodiscard]] Timestamp of(std::string_view value);

 private:
  std::unique_ptr<Decoder> event_time_;
  Timestamp otherwise_;
};

}  // namespace tallymill
