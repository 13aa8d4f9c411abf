#include "pipeline/arrival.h"

#include <array>
#include <utility>

namespace tallymill {

Arrival::Arrival(std::unique_ptr<Decoder> event_time, Timestamp otherwise)
    : event_time_(std::move(event_time)), otherwise_(otherwise) {}

Timestamp Arrival::of(std::string_view value) {
  std::array<Value, 1> time{};
  if (event_time_ == nullptr || event_time_->decode(value, time)) return otherwise_;
  return time[0].is(Type::timestamp) ? time[0].timestamp() : otherwise_;
}

}  // namespace tallymill
