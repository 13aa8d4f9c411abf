#pragma once

#include <memory>

#include "stream.h"

namespace tallymill::generate {

// Application logs of 50 services. Now and then one of them has an incident: for some seconds its
// error rate and its latency go up.
std::unique_ptr<Stream> make_logs_stream(std::uint64_t seed);

}  // namespace tallymill::generate
