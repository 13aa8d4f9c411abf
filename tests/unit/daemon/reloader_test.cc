#include "daemon/reloader.h"

#include <algorithm>
#include <set>
#include <thread>

#include "support/catch.h"
#include "support/manual_clock.h"
#include "unit/config/cases.h"
#include "unit/daemon/fake_pipelines.h"

namespace tallymill {
namespace {

using testing::FakePipelines;
using Names = std::vector<std::string>;

std::string pipeline(const std::string& name, const std::string& interval = "5s") {
  return "  " + name + ":\n    source: {topics: [events], fields: {key: string}}\n    interval: " + interval +
         "\n    aggregations: {" + name + "_table: {columns: {n: count()}}}\n";
}

std::string config_of(const std::string& pipelines, const std::string& more = "") {
  return "kafka: {brokers: \"localhost:1\"}\npostgres: {dsn: \"host=localhost\"}\ninstance: one\n" + more +
         "pipelines:\n" + pipelines;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class FakePrepared final : public PreparedPipeline {
 public:
  FakePrepared(FakePipelines& pipelines, std::string name) : pipelines_(pipelines), name_(std::move(name)) {}
  std::unique_ptr<BuiltPipeline> build() override { return pipelines_.make(name_); }

 private:
  FakePipelines& pipelines_;
  std::string name_;
};

// A daemon that runs the pipelines a and b, and the file that it would read.
struct Daemon {
  Daemon() {
    Loaded loaded = load(file);
    REQUIRE(loaded.spec);
    const auto spec = std::make_shared<const Spec>(*std::move(loaded.spec));
    const auto shares = divide_memory(*spec);
    for (const PipelineSpec& one : spec->pipelines) {
      fleet.add(one.name, spec, pipelines.make(one.name), *shares);
    }
    fleet.begin();
    pipelines.wait_for("begin a");
    pipelines.wait_for("begin b");
    pipelines.forget_events();
    reloader.emplace(parts(), spec);
  }

  ReloadParts parts() {
    return {fleet,
            [this] {
              pipelines.tell("load");
              if (while_loading) while_loading();
              return load(file);
            },
            [this](const Spec&, const PipelineSpec& one) -> Result<void> {
              pipelines.tell("rehearse " + one.name);
              const auto wrong = refused.find(one.name);
              if (wrong != refused.end()) return wrong->second;
              return {};
            },
            [this](const Spec&, const PipelineSpec& one,
                   const MemoryShares&) -> Result<std::unique_ptr<PreparedPipeline>> {
              if (unfit.contains(one.name)) return Error(Reaction::stop, "kafka_option", "no such option");
              return std::unique_ptr<PreparedPipeline>(std::make_unique<FakePrepared>(pipelines, one.name));
            },
            [this](const std::string& name) { pipelines.tell("forget " + name); },
            [this](const Spec& spec) { adopted = spec.pipelines.size(); },
            patience};
  }

  // Reloads a file of these pipelines.
  ReloadOutcome reload(const std::string& pipelines_of_it, const std::string& more = "") {
    file = config_of(pipelines_of_it, more);
    return reloader->reload();
  }
  // Whether anything was done to a pipeline.
  bool touched() {
    const Names events = pipelines.events();
    return std::any_of(events.begin(), events.end(), [](const std::string& event) {
      return event != "load" && event.rfind("rehearse ", 0) != 0;
    });
  }
  bool happened(const std::string& event) {
    const Names events = pipelines.events();
    return std::find(events.begin(), events.end(), event) != events.end();
  }
  Names running() {
    Names names;
    for (const PipelineStatus& one : fleet.statuses()) names.push_back(one.name);
    return names;
  }

  std::string file = config_of(pipeline("a") + pipeline("b"));
  std::function<void()> while_loading;
  std::map<std::string, Error> refused;  // By their start, as it is tried.
  std::set<std::string> unfit;           // Kafka's client refuses to be made for them.
  std::size_t adopted = 0;
  Duration patience = std::chrono::hours(1);
  testing::ManualClock clock;
  WatchdogFeed watchdog{clock, Duration::max(), [] {}};
  FakePipelines pipelines;
  Fleet fleet{watchdog, [] {}};
  std::optional<Reloader> reloader;
};

}  // namespace

TEST_CASE("a file that means the same touches nothing and is in force") {
  Daemon daemon;
  const ReloadOutcome outcome = daemon.reload(pipeline("a", "5000ms") + "  # A remark.\n" + pipeline("b"));
  CHECK(outcome.result == ReloadResult::applied);
  CHECK(contains(outcome.message, "2 pipelines are not touched"));
  daemon.pipelines.wait_for("share b");
  CHECK(daemon.pipelines.events() == Names{"load", "share a", "share b"});
}

TEST_CASE("pipelines that are removed or changed end before any begins, and the others go on") {
  Daemon daemon;
  const ReloadOutcome outcome = daemon.reload(pipeline("b", "1s") + pipeline("c"));
  CHECK(outcome.result == ReloadResult::applied);
  CHECK(contains(outcome.message, "added: c; changed: b; removed: a\n"));
  CHECK(daemon.running() == Names{"b", "c"});
  for (const char* tried : {"rehearse b", "rehearse c"}) {
    CHECK(daemon.pipelines.in_order(tried, "stop a"));
    CHECK(daemon.pipelines.in_order(tried, "exchange b"));
  }
  for (const char* over : {"gone a", "gone b", "forget a", "forget b"}) {
    CHECK(daemon.pipelines.in_order(over, "build b"));
    CHECK(daemon.pipelines.in_order(over, "build c"));
  }
  daemon.pipelines.wait_for("begin c");
  CHECK(daemon.adopted == 2);
}

TEST_CASE("one that is not changed is not touched, but for its share of memory") {
  Daemon daemon;
  CHECK(daemon.reload(pipeline("a") + pipeline("b") + pipeline("c")).result == ReloadResult::applied);
  for (const std::string& event : daemon.pipelines.events()) {
    CHECK((event.back() == 'c' || event == "load" || event == "share a" || event == "share b"));
  }
  const std::size_t among_three = daemon.pipelines.memory_of("a").open_limit;
  CHECK(daemon.reload(pipeline("a")).result == ReloadResult::applied);
  CHECK(daemon.pipelines.memory_of("a").open_limit > 2 * among_three);
}

TEST_CASE("one whose read-ahead would crowd out those that come starts anew, too") {
  Daemon daemon;
  std::string many;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g"}) many += pipeline(name);
  CHECK(daemon.reload(many).result == ReloadResult::applied);
  CHECK(daemon.pipelines.in_order("exchange a", "build a"));
  CHECK(daemon.pipelines.in_order("exchange b", "build b"));
}

TEST_CASE("the next reload is compared with the file in force") {
  Daemon daemon;
  CHECK(daemon.reload(pipeline("a")).result == ReloadResult::applied);
  daemon.pipelines.forget_events();
  CHECK(daemon.reload(pipeline("a")).result == ReloadResult::applied);
  CHECK_FALSE(daemon.happened("gone a"));
  CHECK(contains(daemon.reload(pipeline("a") + pipeline("b")).message, "added: b"));
  CHECK(daemon.running() == Names{"a", "b"});
}

TEST_CASE("a broken file is rejected with its places, and nothing is touched") {
  Daemon daemon;
  const ReloadOutcome outcome = daemon.reload(pipeline("a", "never") + pipeline("c"));
  CHECK(outcome.result == ReloadResult::rejected);
  CHECK(contains(outcome.message, "test.yaml:7:15: error: "));
  CHECK(contains(outcome.message, "the configuration in force goes on"));
  CHECK(daemon.pipelines.events() == Names{"load"});
  CHECK(daemon.running() == Names{"a", "b"});
}

TEST_CASE("what is read at the start only is rejected by its name") {
  Daemon daemon;
  const ReloadOutcome outcome = daemon.reload(pipeline("a"), "http: {port: 1}\n");
  CHECK(outcome.result == ReloadResult::rejected);
  CHECK(contains(outcome.message, "needs a restart: http.port\n"));
  CHECK_FALSE(daemon.touched());
}

TEST_CASE("a memory_limit that is too small for all is rejected") {
  Daemon daemon;
  const ReloadOutcome outcome = daemon.reload(pipeline("a") + pipeline("b"), "memory_limit: 64MiB\n");
  CHECK(outcome.result == ReloadResult::rejected);
  CHECK(contains(outcome.message, "memory_limit"));
  CHECK_FALSE(daemon.touched());
}

TEST_CASE("all that a start would refuse is found before anything is touched") {
  Daemon daemon;
  daemon.refused.emplace("b", Error(Reaction::stop, "config_changed", "it counts otherwise"));
  daemon.refused.emplace("c", Error(Reaction::stop, "table_owned", "the table is another's"));
  const ReloadOutcome outcome = daemon.reload(pipeline("b", "1s") + pipeline("c"));
  CHECK(outcome.result == ReloadResult::rejected);
  CHECK(contains(outcome.message, "starting pipeline b: it counts otherwise\n"));
  CHECK(contains(outcome.message, "starting pipeline c: the table is another's\n"));
  CHECK_FALSE(daemon.touched());
  daemon.refused.clear();
  CHECK(daemon.reload(pipeline("b", "1s") + pipeline("c")).result == ReloadResult::applied);
}

TEST_CASE("while Postgres is away a reload that has to ask it is rejected, and one that has not is not") {
  Daemon daemon;
  for (const char* name : {"a", "b"}) {
    daemon.refused.emplace(name, Error(Reaction::retry, "08006", "nobody answers"));
  }
  const ReloadOutcome outcome = daemon.reload(pipeline("a", "1s") + pipeline("b", "1s"));
  CHECK(outcome.result == ReloadResult::rejected);
  CHECK(contains(outcome.message, "reload again when Postgres answers"));
  CHECK_FALSE(daemon.happened("rehearse b"));
  CHECK_FALSE(daemon.touched());
  CHECK(daemon.reload(pipeline("a")).result == ReloadResult::applied);
}

TEST_CASE("settings that Kafka's client refuses are found before anything is touched") {
  Daemon daemon;
  daemon.unfit = {"c"};
  const ReloadOutcome outcome = daemon.reload(pipeline("a", "1s") + pipeline("b") + pipeline("c"));
  CHECK(outcome.result == ReloadResult::rejected);
  CHECK(contains(outcome.message, "no such option"));
  CHECK_FALSE(daemon.touched());
}

TEST_CASE("told to stop while the file is read, it reads no further") {
  Daemon daemon;
  daemon.while_loading = [&] { daemon.fleet.request_stop(); };
  const ReloadOutcome outcome = daemon.reload(pipeline("b", "1s") + pipeline("c"));
  CHECK(outcome.result == ReloadResult::rejected);
  CHECK_FALSE(daemon.happened("forget a"));
  CHECK_FALSE(daemon.happened("build c"));
}

TEST_CASE("told to stop while a pipeline ends, nothing begins") {
  Daemon daemon;
  FakePipelines::Levers slow;
  slow.may_end = false;
  daemon.pipelines.set("b", slow);
  ReloadOutcome outcome;
  std::thread main([&] { outcome = daemon.reload(pipeline("a") + pipeline("b", "1s") + pipeline("c")); });
  daemon.pipelines.wait_for("exchange b");
  daemon.fleet.request_stop();
  daemon.pipelines.set("b", {});
  main.join();
  CHECK(outcome.result == ReloadResult::incomplete);
  CHECK_FALSE(daemon.happened("build b"));
  CHECK_FALSE(daemon.happened("build c"));
  daemon.pipelines.wait_for("gone a");
}

TEST_CASE("one that stops at its start is told of, and the file is in force all the same") {
  Daemon daemon;
  daemon.pipelines.set("c", {PipelineState::stopped, "the table is another's", {}, true, false});
  const ReloadOutcome outcome = daemon.reload(pipeline("a") + pipeline("c"));
  CHECK(outcome.result == ReloadResult::incomplete);
  CHECK(contains(outcome.message, "pipeline c is stopped: the table is another's\n"));
  CHECK(daemon.running() == Names{"a", "c"});
  CHECK(daemon.adopted == 2);
}

TEST_CASE("one that stood still before is named, and is not what the reload is judged by") {
  Daemon daemon;
  daemon.pipelines.set("a", {PipelineState::stopped, "records are missing", {}, true, false});
  const ReloadOutcome outcome = daemon.reload(pipeline("a") + pipeline("b"));
  CHECK(outcome.result == ReloadResult::applied);
  CHECK(contains(outcome.message, "pipeline a is stopped: records are missing"));
  CHECK_FALSE(daemon.happened("exchange a"));
}

TEST_CASE("one that still waits at its start after patience is told of, and is no failure") {
  Daemon daemon;
  daemon.patience = Duration::zero();
  daemon.reloader.emplace(daemon.parts(), std::make_shared<const Spec>(*load(daemon.file).spec));
  daemon.pipelines.set("c", {PipelineState::starting, "topic events does not exist", {}, true, false});
  const ReloadOutcome outcome = daemon.reload(pipeline("a") + pipeline("b") + pipeline("c"));
  CHECK(outcome.result == ReloadResult::applied);
  CHECK(contains(outcome.message, "pipeline c is starting: topic events does not exist\n"));
}

}  // namespace tallymill
