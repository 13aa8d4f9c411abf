#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/spec.h"
#include "integration/postgres_server.h"
#include "model/batch.h"
#include "sink/postgres/options.h"
#include "sink/store.h"

namespace tallymill::testing {

// The parts of a configuration that a test is about; the rest counts the topic `events`.
struct Settings {
  std::string user = "postgres";
  std::string postgres;                // More keys under postgres: ", ddl: check".
  std::string pipeline = "counts";
  std::string more;                    // More keys of the pipeline, lines indented by four spaces.
  std::string aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), total: sum(amount)}\n";
};

[[nodiscard]] Spec spec_for(const Database& database, const Settings& settings = {});

// Reads secrets that are written out.
[[nodiscard]] postgres::SecretResolver plain_secrets();

// A record as the fold sees it: its group, and one argument per column.
struct Folded {
  std::vector<Value> key;
  std::vector<Value> arguments;
};
// One of the group `key` whose count is n and whose sum is total. `key` must outlive it.
[[nodiscard]] Folded amount(std::string_view key, std::int64_t amount);

// One process with one pipeline, as far as its store goes. Whatever fails here ends the test.
class Instance {
 public:
  explicit Instance(const Database& database, const Settings& settings = {},
                    const std::string& session = "s1");

  // Opens the store, has partitions 0 to `partitions` - 1 start at 0 unless they have, and takes
  // the lease.
  void start(int partitions = 1);

  // The next batch: it reads `records` of partition 0 and folds each into every table.
  [[nodiscard]] Batch batch(const std::vector<Folded>& records) const;
  // The same of partition 0 and as many empty reads, [from, from), of the others.
  [[nodiscard]] Batch batch_of_all(const std::vector<Folded>& records) const;
  // Commits it, and goes on from there.
  void commit(const Batch& batch);
  // Goes on behind a batch that is known to be committed.
  void follow();

  [[nodiscard]] const PipelineSpec& pipeline() const { return spec.pipelines[0]; }

  const Spec spec;
  std::unique_ptr<Store> store;
  Progress progress;
};

// What the daemon has written: "a 2 3; b 1 10; " of the table counts, and "4 0", the checkpoints by
// partition.
[[nodiscard]] std::string table(Database& database);
[[nodiscard]] std::string position(Database& database);

}  // namespace tallymill::testing
