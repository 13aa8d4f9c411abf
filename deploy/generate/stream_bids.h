#pragma once

#include <memory>

#include "stream.h"

namespace tallymill::generate {

// The bids of the Nexmark benchmark, in its envelope. The persons and auctions that would stand between
// them, 1 and 3 to 46 bids, are counted and not sent: a bid's auction is one of the latest, half of the
// time a hot one, and its bidder one of the latest persons, three quarters of the time a hot one. Half of
// the channels are one of four, the others one of 10,000. One bid in ten happened up to 3 s earlier.
[[nodiscard]] std::unique_ptr<Stream> make_bids_stream(std::uint64_t seed);

}  // namespace tallymill::generate
