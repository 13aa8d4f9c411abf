#pragma once

// What the instances of one pipeline tell each other: that they live, what they do, and whether one
// asks for the pipeline. In answer an instance learns what the store has of it, so that one with
// nothing to commit need ask nothing else.
//
// It stands beside the store, on a connection and a thread of its own, so that a commit or a start
// that takes long does not look like a death. The pipelines of a process may share both.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sink/store.h"

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

// What a heartbeat found, all at one moment after it was said.
struct Surroundings {
  std::vector<Peer> peers;    // Those that said so lately that they live, this one among them.
  // As Store::renew_lease() and Store::observe_orders() return it.
  std::optional<std::int64_t> stands_at;
  Orders orders;
};

class Presence {
 public:
  virtual ~Presence() = default;

  // Has the next hear() of any pipeline that shares the connection take it along. Does not block; by the
  // pipeline's thread, while neither of the others runs.
  virtual void say(const Heartbeat& heartbeat) = 0;
  // Returns what was found when it was said, and says it first if nobody took it along. Whoever was silent
  // for a minute is forgotten. Fails with Reaction::retry while the database is away.
  [[nodiscard]] virtual Result<Surroundings> hear() = 0;
  // Takes this instance off the list. Best effort.
  virtual void leave() = 0;
};


}  // namespace tallymill
