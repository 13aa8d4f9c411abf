#pragma once

// The pipelines of this process, each on a thread of its own. One that ends takes with it all that it was
// made of, on that thread; what it was last known by stays until it is retired.
//
// Thread-safe, but for add(), begin() and retire(): by one thread, which is none of the fleet's.

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "config/spec.h"
#include "daemon/built_pipeline.h"
#include "daemon/memory_shares.h"
#include "daemon/watchdog_feed.h"
#include "pipeline/status.h"

namespace tallymill {

class Fleet {
 public:
  // `ended` is called by the thread of each pipeline that has, last of all. Both outlive the fleet.
  Fleet(WatchdogFeed& watchdog, std::function<void()> ended);
  // Has all stop, and waits for them.
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  // A pipeline that is shown from now on and runs from begin() on. `spec` is what it refers to and lives
  // as long as it does; `memory` is what it was built with. REQUIRES: there is none of its name.
  void add(const std::string& name, std::shared_ptr<const Spec> spec,
           std::unique_ptr<BuiltPipeline> pipeline, const MemoryShares& memory);
  // Starts all that do not run yet.
  void begin();

  // Has them stop and waits until nothing of them is left; then they are not shown any more. One that
  // waits for Postgres gives its last batch up after its patience; what it has sent there it waits for.
  void retire(const std::map<std::string, Leaving>& names);
  // Waits until each of them stands somewhere: it counts, stands by, is paused or stopped. At most so
  // long, and not while all stop.
  void settle(const std::vector<std::string>& names, Duration longest);

  // Has all stop for good: those that begin later, too.
  void request_stop();
  [[nodiscard]] bool stopping() const;
  // Whether anything of any pipeline is left.
  [[nodiscard]] bool running() const;

  // What a pipeline was given; REQUIRES: it is there.
  [[nodiscard]] MemoryShares memory_of(const std::string& name) const;
  void share(const std::string& name, const MemoryShares& memory);

  [[nodiscard]] std::vector<PipelineStatus> statuses() const;
  // What a pipeline did lately; nothing if there is none of that name.
  [[nodiscard]] std::optional<HistoryView> history(const std::string& name) const;
  // Why pipelines ended, of those that did for a reason.
  [[nodiscard]] std::vector<Error> failures() const;

 private:
  struct Member {
    std::shared_ptr<const Spec> spec;
    std::unique_ptr<BuiltPipeline> pipeline;  // Null once it has ended.
    MemoryShares memory;
    std::thread thread;
    PipelineStatus last;            // What remains of one that has ended, this and the next two.
    HistoryView last_history;
    std::optional<Error> failure;
    bool retiring = false;
    bool settled = false;
    bool gone = false;
  };

  void run(Member& member);
  void end(Member& member);
  void note_settled(Member& member);

  WatchdogFeed& watchdog_;
  const std::function<void()> ended_;
  mutable std::mutex mutex_;  // Guards what follows, but for threads.
  std::condition_variable changed_;
  std::map<std::string, Member> members_;  // By name.
  bool stopping_ = false;
};

// The configuration of a pipeline counts otherwise than the stored rows were counted.
[[nodiscard]] bool is_refusal(const Error& failure);

}  // namespace tallymill
