// The loop and a worker in threads of their own, on fakes.

#include <atomic>
#include <thread>

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

TEST_CASE("a drain commits its last record, whenever the worker comes to it") {
  PipelineOptions options;
  options.drain = true;
  for (int i = 0; i < 15; ++i) {
    World world(counting_spec("    interval: 1h\n"));
    world.cluster.create("events", 200);  // So many that looking through them takes a while.
    world.send(1, "a", 199);
    Process process(world, "s1", options);
    std::atomic<int> looks{0};
    std::thread worker([&] {
      while (looks < 5 + i) std::this_thread::yield();
      process.fold();
    });
    while (!process.pipeline.finished()) {
      process.step();
      process.run_writer();
      if (process.metrics.last_state == PipelineState::running) ++looks;
    }
    worker.join();
    CHECK(world.total() == 1);
  }
}

}  // namespace tallymill::testing
