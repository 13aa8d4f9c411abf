#pragma once

// What the instances of one pipeline tell each other: that they live, what they do, and whether one
// asks for the pipeline.
//
// It stands beside the store, on a connection and a thread of its own, so that a commit or a start
// that takes long does not look like a death.

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"

namespace tallymill {

struct Heartbeat {
  std::string state;    // As /api/status calls it.
  bool counts = false;  // It counts, or is about to: a lease that is its own is kept.
  bool asks = false;    // It stands by and would count under another configuration or version.
};

// An instance, as it said of itself.
struct Peer {
  std::string instance;
  std::string session;
  std::string state;
  std::string version;
  std::chrono::milliseconds seen_ago{};  // By the database's clock.
  bool holds_lease = false;
  bool same_revision = false;  // Configuration and version are as ours.
  bool asks = false;           // Asks for the pipeline, and has the right to.
};

class Presence {
 public:
  virtual ~Presence() = default;

  // Says that this instance lives; returns all that said so lately, this one among them. Whoever was
  // silent for a minute is forgotten. Fails with Reaction::retry while the database is away.
  [[nodiscard]] virtual Result<std::vector<Peer>> beat(const Heartbeat& heartbeat) = 0;
  // Takes this instance off the list. Best effort.
  virtual void leave() = 0;
};

}  // namespace tallymill
