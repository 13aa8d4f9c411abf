#include "daemon/history_json.h"

#include "support/catch.h"

namespace tallymill {
namespace {

constexpr WallTime at{std::chrono::seconds(1'767'225'600)};

}  // namespace

TEST_CASE("a batch is written with its id, its offsets and its stages") {
  CommittedBatch batch;
  batch.sequence = 7;
  batch.id = "7f";
  batch.committed_at = at;
  batch.read = 10;
  batch.used = 9;
  batch.rejected = 1;
  batch.rows = 3;
  batch.fold = std::chrono::milliseconds(200);
  batch.commit = std::chrono::microseconds(2500);
  batch.partitions = 2;
  batch.ranges = {{{"events", Partition(1)}, Offset(5), Offset(15)}};
  HistoryView history;
  history.batches = {batch};
  CHECK_THAT(history_json("ads", history),
             Catch::Contains(R"("batches":[{"sequence":7,"id":"7f","committed_at":"2026-01-01T00:00:00Z",)"
                             R"("read":10,"used":9,"skipped":0,"rejected":1,"rows":3,"fold_ms":200,)"
                             R"("wait_ms":0,"upsert_ms":0,"commit_ms":2.5,"partitions":2,"ranges":[)"
                             R"({"topic":"events","partition":1,"from":5,"to":15}]}])"));
}

TEST_CASE("what is not known is null") {
  CHECK_THAT(history_json("ads", {}),
             Catch::Contains(R"("latency_seconds":{"records":0,"p50":null,"p95":null,"p99":null})"));
}

TEST_CASE("an error is written with what to do about it") {
  HistoryView history;
  history.troubles = {{Trouble::Kind::stopped, "data_lost", "records are gone", 2, at, at}};
  const std::string text = history_json("ads", history);
  CHECK_THAT(text, Catch::Contains(R"("errors":[{"kind":"stopped","code":"data_lost")"));
  CHECK_THAT(text, Catch::Contains("--accept-gap") && Catch::Contains(R"("times":2)"));
}

TEST_CASE("a sample is text, whatever bytes it is of") {
  HistoryView history;
  history.letters = {{"bad_json", 1, at, {{{"events", Partition(0)}, Offset(3), "", "not JSON", std::nullopt, "\xff<b>\"\n"}}}};
  CHECK_THAT(history_json("ads", history),
             Catch::Contains(R"("samples":[{"topic":"events","partition":0,"offset":3,"aggregation":"",)"
                             R"("message":"not JSON","key":null,"value":")") &&
                 Catch::Contains(R"(\ufffd<b>\"\u000a"})"));
}

}  // namespace tallymill
