// Merging in C++ against merging in SQL: the same records in one batch and in many give the same
// tables, with nulls on either side.

#include <random>

#include "aggregate/catalog.h"
#include "config/load.h"
#include "sink/postgres/postgres_store.h"
#include "support/process.h"

#include "integration/postgres_server.h"
#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

// `plain` is merged by SQL alone, `lasting` in C++ under a lock.
constexpr const char* aggregations = R"(
    aggregations:
      plain:
        group_by: [key, part]
        columns:
          n: count()
          positive: count(coalesce(whole, 0) > 0)
          whole_sum: sum(whole)
          whole_bigint: {value: sum(whole), type: bigint}
          whole_avg: avg(whole)
          whole_min: min(whole)
          whole_max: max(whole)
          money_sum: sum(money)
          money_min: min(money)
          money_max: max(money)
          money_avg: avg(money)
          real_sum: sum(real)
          real_avg: avg(real)
          real_min: min(real)
          real_max: max(real)
          flag_min: min(flag)
          flag_max: max(flag)
          word_min: min(word)
          word_max: max(word)
          at_min: min(at)
          at_max: max(at)
          share: ratio(coalesce(whole, 0) > 0)
          per: money_sum / n
      lasting:
        group_by: [key]
        columns:
          n: count()
          money_sum: sum(money)
          last_whole: last(whole)
          last_money: last(money)
          last_real: last(real)
          last_flag: last(flag)
          last_word: last(word)
          last_at: last(at)
)";

Spec merging_spec(const std::string& dsn, int max_events) {
  const std::string text =
      "kafka: {brokers: \"localhost:1\"}\npostgres: {dsn: \"" + dsn +
      "\"}\npipelines:\n  merging:\n    source:\n      topics: [events]\n      start: earliest\n"
      "      fields:\n        key: string?\n        part: int\n        whole: int?\n"
      "        money: decimal?\n        real: double?\n        word: string?\n        flag: bool?\n"
      "        at: {type: timestamp, optional: true, unit: ms}\n"
      "    event_time: {field: time, unit: ms}\n    max_events: " +
      std::to_string(max_events) + aggregations;
  const auto nothing = [](const std::string&) { return std::optional<std::string>(); };
  Loaded loaded = load_config_text("test.yaml", text, aggregate_catalog(), nothing);
  INFO(render(loaded.problems));
  REQUIRE(loaded.spec);
  return *std::move(loaded.spec);
}

class RandomEvents {
 public:
  explicit RandomEvents(std::uint64_t seed) : random_(seed) {}

  std::string next() {
    std::string json = "{\"part\":" + std::to_string(pick(2)) + ",\"time\":" + std::to_string(pick(50));
    add(json, "key", "\"" + std::string(1, static_cast<char>('a' + pick(4))) + "\"");
    add(json, "whole", std::to_string(static_cast<std::int64_t>(pick(2'000'000'000'000)) - 1'000'000'000'000));
    add(json, "money", (pick(2) == 0 ? "-" : "") + digits(1 + pick(23)) + "." + digits(1 + pick(15)));
    add(json, "real", (pick(2) == 0 ? "-" : "") + digits(1 + pick(6)) + "." + digits(3) + "e" + std::to_string(pick(40)));
    add(json, "word", "\"" + words_.at(pick(words_.size())) + "\"");
    add(json, "flag", pick(2) == 0 ? "true" : "false");
    add(json, "at", std::to_string(pick(4'000'000'000'000)));
    return json + "}";
  }

 private:
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  std::string digits(std::uint64_t count) {
    std::string text(1, static_cast<char>('1' + pick(9)));
    while (text.size() < count) text += static_cast<char>('0' + pick(10));
    return text;
  }
  // Missing, null or there.
  void add(std::string& json, const std::string& name, const std::string& value) {
    const std::uint64_t dice = pick(10);
    if (dice == 0) return;
    json += ",\"" + name + "\":" + (dice < 4 ? "null" : value);
  }

  std::mt19937_64 random_;
  const std::vector<std::string> words_{"", "a", "A", "ä", "z", "zz", "\\u0001", "日本", "a b", "'", "\\\\"};
};

struct Tables {
  Cells plain;
  Cells lasting;
};

// Counts the same events in batches of that many.
Tables count(std::uint64_t seed, int max_events) {
  Database database;
  World world(merging_spec(database.dsn(), max_events));
  world.cluster.create("events", 2);
  RandomEvents events(seed);
  for (int i = 0; i < 600; ++i) world.cluster.append("events", static_cast<std::size_t>(i % 2), events.next());
  const auto store = make_postgres_store(
      world.spec.postgres, world.spec.pipelines[0], {"host", "s1"},
      [](const SecretSource& source) -> Result<Secret> {
        return std::get<SecretSource::Literal>(source.from).value;
      });
  Process process(world, "s1", {}, store.get());
  process.source.records_per_fetch = static_cast<std::size_t>(max_events);
  for (int i = 0; i < 2000 && process.metrics.used < 600; ++i) process.run(200ms);
  CAPTURE(database.query("SELECT reason, message, count(*) FROM tallymill.dead_letter GROUP BY 1, 2"));
  REQUIRE(process.metrics.used == 600);
  return {database.query("SELECT * FROM plain ORDER BY key, part"),
          database.query("SELECT * FROM lasting ORDER BY key")};
}

// Sums of doubles are rounded once per batch.
bool alike(const std::string& left, const std::string& right) {
  if (left == right) return true;
  if (left == "NULL" || right == "NULL") return false;
  char* end = nullptr;
  const double one = std::strtod(left.c_str(), &end);
  return *end == '\0' && one == Approx(std::strtod(right.c_str(), nullptr)).epsilon(1e-12);
}

void compare(const Cells& left,
             const Cells& right) {
  REQUIRE(left.size() == right.size());
  for (std::size_t row = 0; row < left.size(); ++row) {
    for (std::size_t column = 0; column < left[row].size(); ++column) {
      CAPTURE(row, column, left[row][column], right[row][column]);
      CHECK(alike(left[row][column], right[row][column]));
    }
  }
}

}  // namespace

TEST_CASE("records merged in C++ and by SQL, in batches of any size, give the same tables") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    const Tables at_once = count(seed, 100'000);
    CHECK(at_once.plain.size() == 10);
    for (const int size : {1, 7, 100}) {
      if (size == 1 && seed > 1) continue;
      CAPTURE(size);
      const Tables in_pieces = count(seed, size);
      compare(at_once.plain, in_pieces.plain);
      compare(at_once.lasting, in_pieces.lasting);
    }
  }
}

}  // namespace tallymill::testing
