#pragma once

#include <cstdint>
#include <memory>

#include "stream.h"

namespace tallymill::generate {

// How an event of the stream of shapes looks, for those who want to know what their own would cost.
struct Shape {
  std::int64_t fields = 8;        // 3 to 1000: id, amount and texts.
  std::int64_t bytes = 250;       // Of an event, up to a few; more if the fields need more. At most 100,000.
  std::int64_t broken_every = 0;  // The amount of one event in so many is no number; 0: of none.
};

// {"id": 0, "amount": 0, "text_1": "..."}: ids count up from 0, an amount is its id modulo 1000, texts
// are random words. All that is counted over them can therefore be calculated beforehand.
[[nodiscard]] std::unique_ptr<Stream> make_shapes_stream(std::uint64_t seed, const Shape& shape);

}  // namespace tallymill::generate
