#pragma once

#include <atomic>

#include "event_times.h"
#include "producer.h"
#include "rate.h"
#include "stream.h"

namespace tallymill::generate {

// Sends the stream at its rate, with a line of progress each second, until the limits are reached
// or `stop` is set, and waits for the brokers to acknowledge everything. Returns the exit code: 0 if
// every event that was sent is in the topic.
int run(Stream& stream, Producer& producer, Rate::Limits limits, EventTimes times,
        const std::atomic<bool>& stop);

}  // namespace tallymill::generate
