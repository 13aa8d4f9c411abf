#include "pipeline/history.h"

#include "support/catch.h"

namespace tallymill {

using namespace std::chrono_literals;

namespace {

constexpr SteadyTime start{std::chrono::hours(5)};
constexpr WallTime wall{std::chrono::hours(10)};

Batch batch_of(std::int64_t sequence, std::int64_t records, std::size_t partitions = 1) {
  Batch batch;
  batch.sequence = sequence;
  batch.id = "id-" + std::to_string(sequence);
  batch.counts.read = records;
  batch.counts.used = records;
  batch.timings = {200ms, 3ms};
  for (std::size_t i = 0; i < partitions; ++i) {
    BatchRange range;
    range.where = {"events", Partition(static_cast<std::int32_t>(i))};
    range.from = Offset(10);
    range.to = Offset(20);
    batch.ranges.push_back(range);
  }
  const auto now = wall.time_since_epoch().count();
  for (std::int64_t i = 0; i < records; ++i) batch.record_times.add(Timestamp(now - 1'000'000));
  return batch;
}

CommitResult written(std::int64_t rows) {
  CommitResult result;
  result.kind = CommitResult::Kind::acked;
  result.timings = {5ms, 2ms};
  result.rows_written = rows;
  return result;
}

DeadLetter letter(const std::string& reason, const std::string& value) {
  DeadLetter made;
  made.where = {"events", Partition(0)};
  made.offset = Offset(7);
  made.reason = reason;
  made.message = "not JSON";
  made.value = value;
  return made;
}

}  // namespace

TEST_CASE("a committed batch is told with its id, offsets, counts and stages") {
  History history(false, start);
  history.committed(batch_of(7, 100), written(12), start + 1s, wall);
  const HistoryView view = history.view(start + 2s);
  REQUIRE(view.batches.size() == 1);
  const CommittedBatch& batch = view.batches.front();
  CHECK(batch.sequence == 7);
  CHECK(batch.id == "id-7");
  CHECK(batch.committed_at == wall);
  CHECK(batch.read == 100);
  CHECK(batch.rows == 12);
  CHECK(batch.fold == 200ms);
  CHECK(batch.wait == 3ms);
  CHECK(batch.upsert == 5ms);
  CHECK(batch.commit == 2ms);
  REQUIRE(batch.ranges.size() == 1);
  CHECK(batch.ranges.front().from == Offset(10));
  CHECK(batch.ranges.front().to == Offset(20));
}

TEST_CASE("a batch that the ledger does not hold is not told, either") {
  History history(false, start);
  history.committed(batch_of(1, 0), written(0), start, wall);
  CHECK(history.view(start).batches.empty());
}

TEST_CASE("the last batches are kept, and of each the offsets of some partitions") {
  History history(false, start);
  for (int i = 1; i <= 100; ++i) history.committed(batch_of(i, 1, 1000), written(1), start + i * 1s, wall);
  const HistoryView view = history.view(start + 100s);
  REQUIRE(view.batches.size() == History::most_batches);
  CHECK(view.batches.back().sequence == 100);
  CHECK(view.batches.back().partitions == 1000);
  CHECK(view.batches.back().ranges.size() == History::most_ranges);
}

TEST_CASE("a rate is what came in the last minute, or since the start") {
  History history(false, start);
  CHECK(history.summary(start).records_per_second == 0);
  history.committed(batch_of(1, 100), written(20), start + 9s, wall);
  CHECK(history.summary(start + 10s).records_per_second == 10);
  CHECK(history.summary(start + 10s).rows_per_second == 2);
  history.committed(batch_of(2, 600), written(60), start + 100s, wall);
  CHECK(history.summary(start + 120s).records_per_second == 10);
  CHECK(history.summary(start + 120s).rows_per_second == 1);
  CHECK(history.summary(start + 200s).records_per_second == 0);
}

TEST_CASE("a rate is right although more batches came in a minute than are kept") {
  History history(false, start);
  for (int i = 1; i <= 1000; ++i) history.committed(batch_of(i, 20), written(1), start + i * 200ms, wall);
  CHECK(history.summary(start + 200s).records_per_second == 100);
}

TEST_CASE("latencies are those of the last hour, by minute and together") {
  History history(false, start);
  history.committed(batch_of(1, 10), written(1), start + 1min, wall);
  history.committed(batch_of(2, 30), written(1), start + 10min, wall);
  HistoryView view = history.view(start + 12min + 30s);
  REQUIRE(view.minutes.size() == 2);
  CHECK(view.minutes.front().ago == 11);
  CHECK(view.minutes.front().records == 10);
  CHECK(view.minutes.back().ago == 2);
  CHECK(view.minutes.back().latency.records == 30);
  CHECK(view.summary.latency.records == 40);
  CHECK(*view.summary.latency.p50 > 0.75);
  CHECK(*view.summary.latency.p99 < 1.3);
  view = history.view(start + 65min);
  CHECK(view.minutes.size() == 1);
  CHECK(view.summary.latency.records == 30);
  CHECK_FALSE(history.summary(start + 5h).latency.p50);
}

TEST_CASE("a minute's place is used again an hour later") {
  History history(false, start);
  history.committed(batch_of(1, 10), written(1), start + 1min, wall);
  history.committed(batch_of(2, 5), written(1), start + 61min, wall);
  const HistoryView view = history.view(start + 61min);
  REQUIRE(view.minutes.size() == 1);
  CHECK(view.minutes.front().records == 5);
}

TEST_CASE("dead letters are counted by reason, and nothing of them is kept unless it is wanted") {
  Batch batch = batch_of(1, 10);
  for (int i = 0; i < 5; ++i) batch.dead_letters.push_back(letter("bad_json", "canary"));
  batch.dead_letters.push_back(letter("late", "canary"));
  History history(false, start);
  history.committed(batch, written(1), start, wall);
  history.committed(batch, written(1), start, wall);
  const HistoryView view = history.view(start);
  REQUIRE(view.letters.size() == 2);
  CHECK(view.letters[0].reason == "bad_json");
  CHECK(view.letters[0].count == 10);
  CHECK(view.letters[0].samples.empty());
  CHECK(view.letters[1].count == 2);
  CHECK(view.summary.dead_letters == 12);
}

TEST_CASE("samples of dead letters are the last ones, and their first bytes") {
  History history(true, start);
  for (int i = 0; i < 9; ++i) {
    Batch batch = batch_of(i, 10);
    batch.dead_letters.push_back(letter("bad_json", std::to_string(i) + std::string(10'000, 'x')));
    history.committed(batch, written(1), start, wall);
  }
  const HistoryView view = history.view(start);
  const auto& samples = view.letters.at(0).samples;
  REQUIRE(samples.size() == History::most_samples);
  CHECK(samples.back().value->size() == History::longest_payload);
  CHECK(samples.back().value->front() == '8');
  CHECK(samples.front().value->front() == '6');
  CHECK_FALSE(samples.back().key);
  CHECK(samples.back().offset == Offset(7));
}

TEST_CASE("the same error again is one with more times, and comes to the top") {
  History history(false, start);
  history.went_wrong(Trouble::Kind::waiting, "08006", "first", wall);
  history.went_wrong(Trouble::Kind::dropped, "rewound", "second", wall + 1s);
  history.went_wrong(Trouble::Kind::waiting, "08006", std::string(10'000, 'x'), wall + 2s);
  const HistoryView view = history.view(start);
  REQUIRE(view.troubles.size() == 2);
  CHECK(view.troubles[0].code == "08006");
  CHECK(view.troubles[0].times == 2);
  CHECK(view.troubles[0].first == wall);
  CHECK(view.troubles[0].last == wall + 2s);
  CHECK(view.troubles[0].message.size() == History::longest_text);
  CHECK(view.troubles[1].message == "second");
}

TEST_CASE("of many kinds of errors the last ones are kept") {
  History history(false, start);
  for (int i = 0; i < 100; ++i) history.went_wrong(Trouble::Kind::stopped, std::to_string(i), "", wall);
  const HistoryView view = history.view(start);
  REQUIRE(view.troubles.size() == History::most_troubles);
  CHECK(view.troubles.front().code == "99");
}

}  // namespace tallymill
