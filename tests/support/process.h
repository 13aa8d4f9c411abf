#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/spec.h"
#include "pipeline/pipeline.h"
#include "support/fake_source.h"
#include "support/fake_store.h"
#include "support/manual_clock.h"
#include "support/manual_executor.h"
#include "support/recorded_metrics.h"

namespace tallymill::testing {

// Returns the configuration of a pipeline `counts` that counts the topic `events` by key, with more
// of its keys as YAML, each line indented by four spaces.
[[nodiscard]] Spec counting_spec(const std::string& more = "",
                                 const std::string& group_by = "[key]");

// The same of the topics that match, `^ads-.*` unless said otherwise, instead of `events`.
[[nodiscard]] Spec pattern_spec(const std::string& more = "",
                                const std::vector<std::string>& patterns = {"^ads-.*"});

// The record that such a pipeline counts.
[[nodiscard]] std::string event(const std::string& key);

// Lookups in memory. A file's version is the text itself; a table tells nothing until it is read.
class FakeLookups final : public LookupReader {
 public:
  Result<std::shared_ptr<const LookupTable>> load(const LookupSpec& spec) override;
  std::string version(const LookupSpec& spec) override {
    return spec.reads_table() ? std::string() : texts[spec.name];
  }

  void interrupt() override { ++interrupts; }

  std::map<std::string, std::string> texts;  // CSV, by name.
  std::map<std::string, int> loads;          // How often each was loaded, or tried.
  std::optional<Error> failure;              // Of every load.
  std::map<std::string, Error> failures;     // Of the loads of one.
  int interrupts = 0;
};

// What outlives a process.
struct World {
  explicit World(Spec spec_of_all = counting_spec()) : spec(std::move(spec_of_all)) {}

  // Appends `count` records with that key.
  void send(int count, const std::string& key = "a", std::size_t partition = 0);
  // The same to a topic's first partition.
  void send_to(const std::string& topic, int count, const std::string& key);
  // The count of a key in the table; 0 if it has no row.
  [[nodiscard]] std::int64_t count(const std::string& key = "a") const;
  // Of all keys.
  [[nodiscard]] std::int64_t total() const;
  [[nodiscard]] std::int64_t next_offset(std::size_t partition = 0) const;

  Spec spec;
  ManualClock clock;
  FakeCluster cluster;
  FakeDatabase database;
  FakeLookups lookups;
};

// One process: a real pipeline on fakes, whose threads are played by the test. Destroying it is a
// kill -9: nothing that was under way goes on.
class Process {
 public:
  // `real` stands in for the fake store; `other` is its configuration, where that is not the world's.
  explicit Process(World& world, const std::string& session = "s1", PipelineOptions options = {},
                   Store* real = nullptr, const Spec* other = nullptr);

  // Runs everything for so long, a tick of the clock at a time.
  void run(Duration length, Duration tick = std::chrono::milliseconds(50));
  // One round: the loop, the executors, the workers.
  void round();
  // The loop alone; what it posts waits.
  void step() { pipeline.step(); }
  void run_writer();
  void run_inquiries();
  void run_heart();
  void fold();
  // Why the pipeline ended, in words; empty if there was no failure.
  [[nodiscard]] std::string failure() const {
    const auto failed = pipeline.failure();
    return failed ? failed->message() : "";
  }

  World& world;
  const PipelineSpec& spec;
  RecordedMetrics metrics;
  FakeSource source;
  FakeStore store;
  ManualExecutor writer;
  ManualExecutor inquiries;
  ManualExecutor heart;
  Pipeline pipeline;
};

}  // namespace tallymill::testing
