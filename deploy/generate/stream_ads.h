#pragma once

#include <memory>

#include "stream.h"

namespace tallymill::generate {

// Whether events come late, as the Yahoo benchmark's option -w has it: each up to 50 ms early or
// late, and 1 in 100,000 up to 60 s late.
enum class Skew { none, late };

// The events of the Yahoo streaming benchmark, with a cost: 100 campaigns of 10 ads, everything
// chosen uniformly, all values strings.
std::unique_ptr<Stream> make_ads_stream(std::uint64_t seed, Skew skew);

}  // namespace tallymill::generate
