#include "daemon/fleet.h"

#include <atomic>
#include <thread>

#include "support/catch.h"
#include "support/manual_clock.h"
#include "unit/daemon/fake_pipelines.h"

namespace tallymill {
namespace {

using testing::FakePipelines;

const Error refusal{Reaction::stop, "config_changed", "it counts otherwise"};

struct Harbour {
  explicit Harbour(const std::vector<std::string>& names = {"a", "b"}) {
    for (const std::string& name : names) add(name);
  }
  void add(const std::string& name) { fleet.add(name, nullptr, pipelines.make(name), {}); }

  std::vector<std::string> states() {
    std::vector<std::string> all;
    for (const PipelineStatus& one : fleet.statuses()) {
      all.push_back(one.name + " " + std::string(to_string(one.state)));
    }
    return all;
  }

  testing::ManualClock clock;
  WatchdogFeed watchdog{clock, Duration::max(), [] {}};
  FakePipelines pipelines;
  std::atomic<int> ended{0};
  Fleet fleet{watchdog, [this] { ++ended; }};
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("pipelines are shown before they run, and run until they are told to stop") {
  Harbour harbour;
  CHECK(harbour.states() == Names{"a running", "b running"});
  CHECK(harbour.pipelines.events() == Names{"build a", "build b"});
  harbour.fleet.begin();
  harbour.pipelines.wait_for("begin a");
  harbour.pipelines.wait_for("begin b");
  CHECK(harbour.fleet.running());
  harbour.fleet.request_stop();
  harbour.pipelines.wait_for("gone a");
  harbour.pipelines.wait_for("gone b");
  CHECK(harbour.pipelines.in_order("stop a", "end a"));
  CHECK(harbour.pipelines.in_order("end a", "gone a"));
}

TEST_CASE("one that has ended is still shown as it was last known, with why") {
  Harbour harbour;
  harbour.fleet.begin();
  harbour.pipelines.set("a", {PipelineState::stopped, "lost", Error(Reaction::stop, "data_lost", "lost"), true, true});
  harbour.pipelines.wait_for("gone a");
  CHECK(harbour.states() == Names{"a stopped", "b running"});
  const auto failures = harbour.fleet.failures();
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].code() == "data_lost");
  const auto history = harbour.fleet.history("a");
  REQUIRE(history);
  CHECK(history->troubles.at(0).message == "lost");
  CHECK(harbour.fleet.history("b"));
  CHECK_FALSE(harbour.fleet.history("c"));
  CHECK(harbour.fleet.running());
}

TEST_CASE("retiring waits until nothing is left, and the others are not touched") {
  Harbour harbour({"a", "b", "c"});
  FakePipelines::Levers slow;
  slow.may_end = false;
  harbour.pipelines.set("a", slow);
  harbour.fleet.begin();
  for (const char* name : {"begin a", "begin b", "begin c"}) harbour.pipelines.wait_for(name);
  std::atomic<bool> over{false};
  std::thread main([&] {
    harbour.fleet.retire({{"a", Leaving::to_return}, {"b", Leaving::for_good}});
    over = true;
  });
  harbour.pipelines.wait_for("gone b");
  CHECK_FALSE(over);
  CHECK(harbour.states() == Names{"a running", "b running", "c running"});
  harbour.pipelines.set("a", {});
  main.join();
  CHECK(harbour.pipelines.in_order("exchange a", "gone a"));
  CHECK(harbour.pipelines.in_order("stop b", "gone b"));
  CHECK(harbour.states() == Names{"c running"});
  for (const std::string& event : harbour.pipelines.events()) CHECK(event != "stop c");
  harbour.add("a");
  harbour.fleet.begin();
  CHECK(harbour.states() == Names{"a running", "c running"});
}

TEST_CASE("one that is being exchanged when all are told to stop leaves for good") {
  Harbour harbour({"a"});
  FakePipelines::Levers slow;
  slow.may_end = false;
  harbour.pipelines.set("a", slow);
  harbour.fleet.begin();
  std::thread main([&] { harbour.fleet.retire({{"a", Leaving::to_return}}); });
  harbour.pipelines.wait_for("exchange a");
  harbour.fleet.request_stop();
  harbour.pipelines.set("a", {});
  main.join();
  CHECK(harbour.pipelines.in_order("exchange a", "stop a"));
  CHECK(harbour.fleet.stopping());
  CHECK_FALSE(harbour.fleet.running());
}

TEST_CASE("one that begins after all were told to stop is told so, too") {
  Harbour harbour({"a"});
  harbour.fleet.request_stop();
  harbour.add("b");
  harbour.fleet.begin();
  harbour.pipelines.wait_for("gone a");
  harbour.pipelines.wait_for("gone b");
}

TEST_CASE("a configuration that is refused ends all, unless it is on its way out") {
  Harbour harbour;
  SECTION("refused") {
    harbour.fleet.begin();
    harbour.pipelines.set("a", {PipelineState::stopped, "", refusal, true, true});
    harbour.pipelines.wait_for("gone b");
    CHECK(harbour.fleet.stopping());
  }
  SECTION("refused, waiting, then retired") {
    harbour.pipelines.set("a", {PipelineState::stopped, "", refusal, true, false});
    harbour.fleet.begin();
    harbour.fleet.retire({{"a", Leaving::for_good}});
    CHECK_FALSE(harbour.fleet.stopping());
    CHECK(harbour.states() == Names{"b running"});
  }
}

TEST_CASE("settling waits for those that are named, and for no one who starts for ever") {
  Harbour harbour;
  harbour.pipelines.set("b", {PipelineState::starting, "the topic is not there", {}, true, false});
  harbour.fleet.begin();
  harbour.fleet.settle({"a"}, std::chrono::hours(1));
  harbour.fleet.settle({"a", "b"}, Duration::zero());
  std::thread main([&] { harbour.fleet.settle({"b"}, std::chrono::hours(1)); });
  harbour.pipelines.set("b", {});
  main.join();
  harbour.fleet.settle({"a", "b"}, std::chrono::hours(1));
}

TEST_CASE("settling is over when all stop") {
  Harbour harbour({"a"});
  harbour.pipelines.set("a", {PipelineState::starting, "", {}, false, false});
  harbour.fleet.begin();
  std::thread main([&] { harbour.fleet.settle({"a"}, std::chrono::hours(1)); });
  harbour.fleet.request_stop();
  main.join();
  harbour.pipelines.set("a", {});
}

TEST_CASE("a share of memory reaches the pipeline that it is for") {
  Harbour harbour;
  MemoryShares memory;
  memory.open_limit = 7;
  harbour.fleet.share("b", memory);
  CHECK(harbour.pipelines.memory_of("b").open_limit == 7);
  CHECK(harbour.fleet.memory_of("b").open_limit == 7);
  CHECK(harbour.fleet.memory_of("a").open_limit == 0);
}

}  // namespace tallymill
