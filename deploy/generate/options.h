#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "event_times.h"
#include "producer.h"
#include "rate.h"
#include "stream_ads.h"
#include "stream_shapes.h"

namespace tallymill::generate {

struct Options {
  enum class Kind { ads, logs, bids, shapes };

  Producer::Target target;  // No brokers: nothing is sent.
  Kind stream = Kind::ads;
  Rate::Limits limits;
  std::uint64_t seed = 1;
  Skew skew = Skew::none;
  Shape shape;
  EventTimes times;
  std::string lookup_path;  // Empty: no lookup is written.
};

// The text of --help.
extern const char* const usage;

enum class Parsed { ok, help, wrong };

// Reads the command line. Says in `problem` what is wrong with it.
Parsed parse_options(int argc, char** argv, Options& options, std::string& problem);

}  // namespace tallymill::generate
