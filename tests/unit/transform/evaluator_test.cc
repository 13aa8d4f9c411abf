#include "transform/evaluator.h"

#include <string>

#include "model/key.h"
#include "model/reason.h"
#include "unit/aggregate/table.h"
#include "unit/transform/job.h"
#include "support/catch.h"

namespace tallymill {
namespace {

using std::chrono::seconds;

constexpr std::int64_t noon = 1767268800000000;  // 2026-01-01T12:00:00Z

Value text(std::string_view text) { return Value::of(text); }
Value number(std::int64_t number) { return Value::of(number); }
Value time_at(std::int64_t ms) { return Value::of(Timestamp(noon + ms * 1000)); }

// A job under test: what one record, given as its fields' values, comes to, as one line.
class Bench {
 public:
  explicit Bench(Job job) : spec_(job.build()), evaluator_(make_evaluator(spec_)) {
    record_.timestamp = Timestamp(noon);
  }

  Bench& record_at(std::int64_t ms) {
    record_.timestamp = Timestamp(noon + ms * 1000);
    return *this;
  }
  Bench& lookups(std::vector<std::shared_ptr<const LookupTable>> tables) {
    evaluator_->use_lookups(std::move(tables));
    return *this;
  }

  // "fold <key> -> <arguments>", "filtered", ... one per aggregation, or how the record ended.
  std::string run(const std::vector<Value>& values) {
    const Evaluation& evaluation = evaluator_->evaluate(record_, "events", Partition(3), values);
    switch (evaluation.kind) {
      case Evaluation::Kind::dropped: return "dropped";
      case Evaluation::Kind::rejected: return "rejected " + show(evaluation.reject);
      case Evaluation::Kind::stop: return "stop " + show(evaluation.reject);
      case Evaluation::Kind::used: break;
    }
    std::string line;
    for (std::size_t i = 0; i < evaluation.contributions.size(); ++i) {
      line += (i == 0 ? "" : "; ") + show(spec_.aggregations[i], evaluation.contributions[i]);
    }
    return line;
  }
  // "rejected null_key" of "rejected null_key: ...".
  std::string outcome(const std::vector<Value>& values) {
    const std::string whole = run(values);
    return whole.substr(0, whole.find(':'));
  }

 private:
  static std::string show(const Reject& reject) {
    return std::string(reject.reason) + ": " + reject.message;
  }
  static std::string show(const AggregationSpec& spec, const Contribution& contribution) {
    switch (contribution.kind) {
      case Contribution::Kind::filtered: return "filtered";
      case Contribution::Kind::late: return "late";
      case Contribution::Kind::late_dead_letter: return "late dead letter";
      case Contribution::Kind::fold: break;
    }
    std::vector<Type> types;
    if (spec.window) types.push_back(Type::timestamp);
    for (const GroupKeySpec& key : spec.group_by) types.push_back(key.type);
    std::vector<Value> cells;
    read_key(contribution.key, types, cells);
    const std::vector<Value> arguments(contribution.arguments.begin(), contribution.arguments.end());
    return "fold " + tallymill::show(cells) + " -> " + tallymill::show(arguments);
  }

  PipelineSpec spec_;
  std::unique_ptr<Evaluator> evaluator_;
  Record record_;
};

std::shared_ptr<const LookupTable> ads(std::vector<std::string> columns,
                                       std::vector<std::vector<std::string>> rows) {
  return LookupTable::build(std::move(columns), "ad", std::move(rows)).value();
}

// Fields: kind, x (an int that may be missing), at (the event time).
Job events() {
  Job job;
  job.field("kind", Type::string).field("x", Type::int64, true).field("at", Type::timestamp, true);
  return job;
}

TEST_CASE("a record is folded where its condition holds and filtered where it does not") {
  Bench bench(events()
                  .aggregation({"clicks", "kind == \"click\"", {{"kind", "kind"}}, {{"n", "count()"}}})
                  .aggregation({"all", "", {}, {{"n", "count()"}, {"x", "sum(x)"}}}));
  CHECK(bench.run({text("click"), number(4), Value::null()}) == "fold 'click' -> null; fold  -> null 4");
  CHECK(bench.run({text("view"), number(5), Value::null()}) == "filtered; fold  -> null 5");
}

TEST_CASE("an error in any aggregation that the record passes rejects it whole") {
  Bench bench(events()
                  .aggregation({"all", "", {}, {{"n", "count()"}}})
                  .aggregation({"clicks", "kind == \"click\"", {}, {{"x", "sum(10 / x)"}}}));
  CHECK(bench.run({text("click"), number(2), Value::null()}) == "fold  -> null; fold  -> 5");
  CHECK(bench.outcome({text("click"), number(0), Value::null()}) == "rejected division_by_zero");
  CHECK(bench.run({text("view"), number(0), Value::null()}) == "fold  -> null; filtered");
}

TEST_CASE("a derive counts only where something uses it") {
  Bench bench(events()
                  .derive("share", "100 / x")
                  .aggregation({"clicks", "kind == \"click\"", {}, {{"s", "sum(share)"}, {"m", "max(share)"}}})
                  .aggregation({"all", "", {}, {{"n", "count()"}}}));
  CHECK(bench.run({text("click"), number(4), Value::null()}) == "fold  -> 25 25; fold  -> null");
  CHECK(bench.run({text("view"), number(0), Value::null()}) == "filtered; fold  -> null");
  CHECK(bench.outcome({text("click"), number(0), Value::null()}) == "rejected division_by_zero");
}

TEST_CASE("a condition that is null is an error of where and no error of count or ratio") {
  Job job;
  job.field("a", Type::boolean, true);
  Bench filtered(Job(job).aggregation({"t", "a", {}, {{"n", "count()"}}}));
  CHECK(filtered.run({Value::of(true)}) == "fold  -> null");
  CHECK(filtered.run({Value::of(false)}) == "filtered");
  CHECK(filtered.outcome({Value::null()}) == "rejected null_operand");
  CHECK(filtered.run({Value::missing()}) ==
        "rejected null_operand: where of t is null or missing: compare with null in it, or use "
        "coalesce()");
  Bench counted(Job(job).aggregation({"t", "", {}, {{"n", "count(a)"}, {"r", "ratio(a)"}}}));
  CHECK(counted.run({Value::null()}) == "fold  -> null null");
  CHECK(counted.run({Value::missing()}) == "fold  -> missing missing");
}

TEST_CASE("the window comes first in the key and is floored, before 1970 too") {
  Bench bench(events().event_time(2).aggregation(
      {"t", "", {{"kind", "kind"}}, {{"n", "count()"}}, seconds(10)}));
  CHECK(bench.run({text("a"), Value::null(), time_at(9999)}) == "fold 2026-01-01T12:00:00Z 'a' -> null");
  CHECK(bench.run({text("a"), Value::null(), time_at(10000)}) == "fold 2026-01-01T12:00:10Z 'a' -> null");
  CHECK(bench.run({text("a"), Value::null(), Value::of(Timestamp(-1))}) ==
        "fold 1969-12-31T23:59:50Z 'a' -> null");
}

TEST_CASE("a window that would start before the year 1 is an error") {
  Bench bench(events().event_time(2).aggregation({"t", "", {}, {{"n", "count()"}}, seconds(7)}));
  CHECK(bench.outcome({text("a"), Value::null(), Value::of(Timestamp::min())}) ==
        "rejected out_of_range");
}

TEST_CASE("without an event time the record's own timestamp decides the window") {
  Bench bench(events().aggregation({"t", "", {}, {{"n", "count()"}}, seconds(10)}));
  bench.record_at(25000);
  CHECK(bench.run({text("a"), Value::null(), time_at(-1000000)}) == "fold 2026-01-01T12:00:20Z -> null");
}

TEST_CASE("an event time that is not there is an error") {
  Bench bench(events().event_time(2).aggregation({"t", "", {}, {{"n", "count()"}}}));
  CHECK(bench.outcome({text("a"), Value::null(), Value::null()}) == "rejected null_field");
  CHECK(bench.outcome({text("a"), Value::null(), Value::missing()}) == "rejected missing_field");
}

TEST_CASE("an event more than max_future ahead of its record is an error, whatever filters say") {
  Bench bench(events().event_time(2).max_future(seconds(60)).aggregation(
      {"t", "kind == \"click\"", {}, {{"n", "count()"}}}));
  CHECK(bench.run({text("click"), Value::null(), time_at(60000)}) == "fold  -> null");
  CHECK(bench.outcome({text("click"), Value::null(), time_at(60001)}) == "rejected in_future");
  CHECK(bench.outcome({text("view"), Value::null(), time_at(60001)}) == "rejected in_future");
  bench.record_at(1);
  CHECK(bench.run({text("click"), Value::null(), time_at(60001)}) == "fold  -> null");
}

TEST_CASE("each aggregation has its own policy for late records, measured from their own timestamp") {
  const auto draft = [](Late late) {
    return JobAggregation{"t", "", {}, {{"n", "count()"}}, std::nullopt, late, seconds(5)};
  };
  Bench bench(events().event_time(2).aggregation(draft(Late::accept)).aggregation(draft(Late::drop))
                  .aggregation(draft(Late::dead_letter)));
  CHECK(bench.run({text("a"), Value::null(), time_at(-5000)}) ==
        "fold  -> null; fold  -> null; fold  -> null");
  CHECK(bench.run({text("a"), Value::null(), time_at(-5001)}) ==
        "fold  -> null; late; late dead letter");
  bench.record_at(-1);
  CHECK(bench.run({text("a"), Value::null(), time_at(-5001)}) ==
        "fold  -> null; fold  -> null; fold  -> null");
}

TEST_CASE("a late record that could not be used is rejected like any other") {
  Bench bench(events().event_time(2).aggregation(
      {"t", "", {}, {{"x", "sum(10 / x)"}}, std::nullopt, Late::drop, seconds(5)}));
  CHECK(bench.run({text("a"), number(5), time_at(-6000)}) == "late");
  CHECK(bench.outcome({text("a"), number(0), time_at(-6000)}) == "rejected division_by_zero");
}

TEST_CASE("null and missing are one group where the key may be null, and an error elsewhere") {
  Bench nullable(events().aggregation({"t", "", {{"x", "x"}}, {{"n", "count()"}}}));
  CHECK(nullable.run({text("a"), Value::null(), Value::null()}) == "fold null -> null");
  CHECK(nullable.run({text("a"), Value::missing(), Value::null()}) == "fold null -> null");
  // Lookup misses that are kept are the one case where only the record can tell.
  Job job = events().lookup("ads", expression::OnMiss::keep).aggregation(
      {"t", "", {{"owner", "lookup(ads, kind).owner"}}, {{"n", "count()"}}});
  PipelineSpec spec = job.build();
  spec.aggregations[0].group_by[0].nullable = false;
  const auto evaluator = make_evaluator(spec);
  evaluator->use_lookups({ads({"ad", "owner"}, {{"a", "Ann"}})});
  const std::vector<Value> values = {text("b"), Value::null(), Value::null()};
  const Evaluation& evaluation = evaluator->evaluate(Record(), "events", Partition(0), values);
  CHECK(evaluation.kind == Evaluation::Kind::rejected);
  CHECK(evaluation.reject.reason == reason::null_key);
  CHECK(evaluation.reject.message == "group key owner of t is null or missing");
}

TEST_CASE("a key of 2,500 bytes is folded, one byte more is an error") {
  Bench bench(events().aggregation({"t", "", {{"kind", "kind"}, {"y", "coalesce(x, 0)"}}, {{"n", "count()"}}}));
  // A tag and an end for the text, a tag and eight bytes for the number.
  const std::string fits(max_key_bytes - 11, 'k');
  CHECK(bench.run({text(fits), number(1), Value::null()}) == "fold '" + fits + "' 1 -> null");
  CHECK(bench.run({text(fits + "k"), number(1), Value::null()}) ==
        "rejected key_too_long: the group of t takes more than 2500 bytes");
  CHECK(bench.outcome({text(std::string(5000000, 'k')), number(1), Value::null()}) ==
        "rejected key_too_long");
}

TEST_CASE("a text that a column would keep is at most a mebibyte") {
  Bench bench(events().aggregation({"t", "", {}, {{"first", "min(kind)"}}}));
  const std::string fits(1 << 20, 'k');
  CHECK(bench.outcome({text(fits), Value::null(), Value::null()}).substr(0, 8) == "fold  ->");
  CHECK(bench.run({text(fits + "k"), Value::null(), Value::null()}) ==
        "rejected too_large: column first of t is a text of more than 1 MiB");
}

TEST_CASE("arguments that are null are handed on as such") {
  Bench bench(events().aggregation({"t", "", {}, {{"s", "sum(x)"}, {"m", "max(x)"}, {"l", "last(x)"}}}));
  CHECK(bench.run({text("a"), Value::null(), Value::null()}) == "fold  -> null null null");
  CHECK(bench.run({text("a"), Value::missing(), Value::null()}) == "fold  -> missing missing missing");
}

TEST_CASE("text made for one aggregation is still there when all have been evaluated") {
  Bench bench(events()
                  .aggregation({"t", "", {{"k", "lower(kind)"}}, {{"m", "min(upper(kind))"}}})
                  .aggregation({"u", "", {{"k", "upper(kind)"}}, {{"m", "min(lower(kind))"}}}));
  CHECK(bench.run({text("aB"), Value::null(), Value::null()}) ==
        "fold 'ab' -> 'AB'; fold 'AB' -> 'ab'");
  CHECK(bench.run({text("cDe"), Value::null(), Value::null()}) ==
        "fold 'cde' -> 'CDE'; fold 'CDE' -> 'cde'");
}

TEST_CASE("a lookup that has no row does with the record what on_miss says") {
  const auto miss = [](expression::OnMiss on_miss) {
    Bench bench(events()
                    .lookup("ads", on_miss)
                    .aggregation({"all", "", {}, {{"n", "count()"}}})
                    .aggregation({"t", "", {{"owner", "lookup(ads, kind).owner"}}, {{"n", "count()"}}}));
    bench.lookups({ads({"ad", "owner"}, {{"a", "Ann"}})});
    CHECK(bench.run({text("a"), Value::null(), Value::null()}) == "fold  -> null; fold 'Ann' -> null");
    return bench.outcome({text("b"), Value::null(), Value::null()});
  };
  CHECK(miss(expression::OnMiss::keep) == "fold  -> null; fold null -> null");
  CHECK(miss(expression::OnMiss::drop) == "dropped");
  CHECK(miss(expression::OnMiss::dead_letter) == "rejected lookup_miss");
  CHECK(miss(expression::OnMiss::stop) == "stop lookup_miss");
}

TEST_CASE("a lookup put in force anew may have its columns in another order") {
  Bench bench(events()
                  .lookup("ads", expression::OnMiss::drop)
                  .aggregation({"t", "", {{"c", "lookup(ads, kind).campaign"}, {"o", "lookup(ads, kind).owner"}},
                                {{"n", "count()"}}}));
  bench.lookups({ads({"ad", "owner", "campaign"}, {{"a", "Ann", "c1"}})});
  CHECK(bench.run({text("a"), Value::null(), Value::null()}) == "fold 'c1' 'Ann' -> null");
  bench.lookups({ads({"campaign", "extra", "ad", "owner"}, {{"c2", "-", "a", "Bob"}})});
  CHECK(bench.run({text("a"), Value::null(), Value::null()}) == "fold 'c2' 'Bob' -> null");
}

TEST_CASE("the record's coordinates can be grouped by") {
  Bench bench(events().aggregation(
      {"t", "", {{"topic", "_topic"}, {"p", "_partition"}, {"o", "_offset"}}, {{"n", "count()"}}}));
  CHECK(bench.run({text("a"), Value::null(), Value::null()}) == "fold 'events' 3 0 -> null");
}

TEST_CASE("one rejected record leaves nothing behind for the next") {
  Bench bench(events().event_time(2).aggregation(
      {"t", "", {{"kind", "kind"}}, {{"x", "sum(10 / x)"}}, seconds(10)}));
  const std::string good = bench.run({text("a"), number(5), time_at(0)});
  CHECK(bench.outcome({text("b"), number(0), time_at(50000)}) == "rejected division_by_zero");
  CHECK(bench.outcome({text("b"), number(1), Value::null()}) == "rejected null_field");
  CHECK(bench.run({text("a"), number(5), time_at(0)}) == good);
}

}  // namespace
}  // namespace tallymill
