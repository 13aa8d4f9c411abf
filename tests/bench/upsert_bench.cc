// How a batch's rows get into their table fastest: by arrays in the upsert's own parameters, as
// sink/postgres/write_rows.cc does it, or by COPY into an unlogged staging table and one merge, as
// most would write it. The same rows, the same server, one after the other, several rounds into empty
// tables and several onto what is there; times are from the first statement to the last before
// COMMIT, medians. One line of JSON for each number of rows.

#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "integration/instance.h"
#include "support/catch.h"

namespace tallymill::testing {
namespace {

constexpr int rounds = 5;

Settings eight_columns() {
  Settings settings;
  settings.aggregations =
      "      counts:\n"
      "        group_by: [key]\n"
      "        columns: {n: count(), a: count(), b: count(), c: count(), d: count(), e: count(), "
      "f: count(), g: count()}\n";
  return settings;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// A connection that speaks COPY, which the daemon's own does not.
class Copying {
 public:
  explicit Copying(const std::string& dsn) : handle_(PQconnectdb(dsn.c_str()), &PQfinish) {
    REQUIRE(PQstatus(handle_.get()) == CONNECTION_OK);
  }

  void run(const char* sql) {
    PGresult* const result = PQexec(handle_.get(), sql);
    INFO(PQerrorMessage(handle_.get()));
    const auto status = PQresultStatus(result);
    PQclear(result);
    REQUIRE((status == PGRES_COMMAND_OK || status == PGRES_COPY_IN));
  }

  void copy(const Rows& rows) {
    run("COPY staging FROM STDIN (FORMAT binary)");
    std::string data("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", 19);
    std::vector<Value> cells;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      rows.read(row, cells);
      put(data, static_cast<std::uint64_t>(cells.size()), 2);
      for (const Value& cell : cells) {
        if (cell.type() == Type::string) {
          put(data, cell.string().size(), 4);
          data += cell.string();
        } else {
          put(data, 8, 4);
          put(data, static_cast<std::uint64_t>(cell.int64()), 8);
        }
      }
      if (data.size() >= 65536) send(data);
    }
    put(data, 0xffff, 2);
    send(data);
    REQUIRE(PQputCopyEnd(handle_.get(), nullptr) == 1);
    PGresult* const result = PQgetResult(handle_.get());
    REQUIRE(PQresultStatus(result) == PGRES_COMMAND_OK);
    PQclear(result);
    REQUIRE(PQgetResult(handle_.get()) == nullptr);
  }

 private:
  static void put(std::string& data, std::uint64_t number, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) data += static_cast<char>(number >> (8 * i));
  }
  void send(std::string& data) {
    REQUIRE(PQputCopyData(handle_.get(), data.data(), static_cast<int>(data.size())) == 1);
    data.clear();
  }

  std::unique_ptr<PGconn, void (*)(PGconn*)> handle_;
};

constexpr const char* merge_sql =
    "INSERT INTO copied AS t SELECT * FROM staging ON CONFLICT (key) DO UPDATE SET n = t.n + "
    "EXCLUDED.n, a = t.a + EXCLUDED.a, b = t.b + EXCLUDED.b, c = t.c + EXCLUDED.c, d = t.d + "
    "EXCLUDED.d, e = t.e + EXCLUDED.e, f = t.f + EXCLUDED.f, g = t.g + EXCLUDED.g";

double median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void compare(int groups) {
  Database database;
  Instance instance(database, eight_columns());
  instance.start();
  Copying copying(database.dsn());
  copying.run("CREATE TABLE copied (LIKE counts INCLUDING ALL) WITH (fillfactor = 70)");
  copying.run("CREATE UNLOGGED TABLE staging (LIKE counts)");
  std::vector<std::string> keys;
  for (int i = 0; i < groups; ++i) keys.push_back("campaign-" + std::to_string(i * 7919L % 10'000'019));
  std::vector<Folded> records;
  for (const std::string& key : keys) {
    records.push_back({{Value::of(std::string_view(key))}, std::vector<Value>(8, Value::missing())});
  }
  std::vector<double> arrays;
  std::vector<double> copies;
  for (int round = 0; round < 2 * rounds; ++round) {
    if (round < rounds) copying.run("TRUNCATE counts, copied");
    const Batch batch = instance.batch(records);
    const CommitResult result = instance.store->commit(batch);
    REQUIRE(result.kind == CommitResult::Kind::acked);
    instance.follow();
    arrays.push_back(std::chrono::duration<double>(result.timings.upsert).count());
    copies.push_back(seconds_of([&] {
      copying.run("BEGIN");
      copying.run("TRUNCATE staging");
      copying.copy(*batch.rows[0]);
      copying.run(merge_sql);
    }));
    copying.run("COMMIT");
  }
  REQUIRE(database.value("SELECT count(*) FROM counts t JOIN copied c USING (key, n, a, g)") ==
          std::to_string(groups));
  const auto inserts = [](const std::vector<double>& times) {
    return median({times.begin(), times.begin() + rounds});
  };
  const auto updates = [](const std::vector<double>& times) {
    return median({times.begin() + rounds, times.end()});
  };
  std::printf("{\"groups\": %d, \"insert_seconds\": %.4f, \"bare_insert_seconds\": %.4f, "
              "\"update_seconds\": %.4f, \"bare_update_seconds\": %.4f}\n",
              groups, inserts(arrays), inserts(copies), updates(arrays), updates(copies));
  std::fflush(stdout);
}

}  // namespace

TEST_CASE("rows by arrays against rows by COPY and merge") {
  for (const int groups : {100, 1'000, 10'000, 100'000, 1'000'000}) compare(groups);
}

}  // namespace tallymill::testing
