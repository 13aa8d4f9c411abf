#include <chrono>
#include <string>
#include <variant>

#include "unit/config/cases.h"

#include "support/catch.h"

namespace tallymill {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

Spec good(const std::string& name) {
  for (const Case& one : cases(".good.yaml")) {
    if (one.name != name + ".good.yaml") continue;
    Loaded loaded = load(one);
    INFO(render(loaded.problems));
    REQUIRE(loaded.spec.has_value());
    return *std::move(loaded.spec);
  }
  FAIL("there is no case " << name);
  return {};
}

TEST_CASE("the design's example becomes a complete specification") {
  const Spec spec = good("design");
  REQUIRE(spec.kafka.brokers == "localhost:9092");
  REQUIRE(std::get<SecretSource::Literal>(spec.postgres.dsn.from).value.reveal() == "dbname=stats");
  REQUIRE(spec.memory_limit == std::int64_t{512} << 20);
  REQUIRE(spec.workers == 0);
  REQUIRE_FALSE(spec.instance.empty());

  const PipelineSpec& pipeline = spec.pipelines.at(0);
  REQUIRE(pipeline.name == "ad_campaigns");
  REQUIRE(pipeline.source.topics == std::vector<std::string>{"ad-events"});
  REQUIRE(pipeline.source.start.kind == StartAt::Kind::earliest);
  REQUIRE(pipeline.source.isolation == Isolation::read_committed);
  REQUIRE(pipeline.source.group_id == "tallymill.ad_campaigns");
  REQUIRE(pipeline.interval == 5s);
  REQUIRE(pipeline.on_error == OnError::dead_letter);
  REQUIRE(pipeline.max_dead_letter_ratio == 1.0);

  const Field& time = pipeline.fields.at(pipeline.event_time.field.value());
  REQUIRE(time.str() == "event_time");
  REQUIRE(time.type == Type::timestamp);
  REQUIRE(time.unit == TimeUnit::milliseconds);
  REQUIRE(time.declared);
  const Field& cost = pipeline.fields.at(2);
  REQUIRE(cost.str() == "cost");
  REQUIRE(cost.type == Type::decimal);
  REQUIRE(cost.default_text == "0");
  REQUIRE(pipeline.fields.at(3).optional);

  const LookupSpec& ads = pipeline.lookups.at(0);
  REQUIRE(ads.file == "/etc/tallymill/ads.csv");
  REQUIRE(ads.key == "ad_id");
  REQUIRE(ads.on_miss == expression::OnMiss::dead_letter);
  REQUIRE(ads.columns == std::vector<std::string>{"campaign_id"});
  REQUIRE(pipeline.derives.at(0).name == "campaign");

  const AggregationSpec& stats = pipeline.aggregations.at(0);
  REQUIRE(stats.name == "campaign_stats");
  REQUIRE(stats.where != nullptr);
  REQUIRE(stats.window == 10s);
  REQUIRE(stats.group_by.at(0).name == "campaign");
  REQUIRE(stats.group_by.at(0).type == Type::string);
  REQUIRE(stats.columns.size() == 3);
  REQUIRE(stats.columns.at(2).aggregate->name == "sum");
  REQUIRE(stats.columns.at(2).argument_type == Type::decimal);
  REQUIRE(stats.fingerprint.size() == 64);

  const TablePlan& plan = stats.plan;
  REQUIRE(plan.schema == "ads");
  REQUIRE(plan.table == "campaign_stats");
  REQUIRE(plan.retention == 30 * 24h);
  REQUIRE(plan.key.size() == 2);
  REQUIRE(plan.key[0].name == "window_start");
  REQUIRE(plan.key[0].type == SqlType::timestamptz);
  REQUIRE(plan.key[1].name == "campaign");
  REQUIRE(plan.key[1].type == SqlType::text);
  REQUIRE(plan.parts.size() == 3);
  REQUIRE(plan.parts[2].name == "spend");
  REQUIRE(plan.parts[2].type == SqlType::numeric);
  REQUIRE(plan.generated.size() == 1);
  REQUIRE(plan.generated[0].name == "ctr");
  REQUIRE(plan.generated[0].type == SqlType::numeric);
  REQUIRE(plan.generated[0].formula.kind == Formula::Kind::divide);
  REQUIRE(plan.generated[0].formula.operands.at(1).text == "impressions");
}

TEST_CASE("every key that there is has its effect") {
  const Spec spec = good("every_key");
  REQUIRE(spec.kafka.brokers == "localhost:9092,localhost:9093");
  REQUIRE(spec.kafka.options.size() == 5);
  REQUIRE(std::get<SecretSource::File>(spec.kafka.options.at("sasl.password").from).path ==
          "/run/secrets/kafka");
  REQUIRE(std::get<SecretSource::Command>(spec.kafka.options.at("ssl.key.password").from).argv ==
          std::vector<std::string>{"pass", "show", "kafka"});
  REQUIRE(std::get<SecretSource::Literal>(spec.kafka.options.at("fetch.wait.max.ms").from)
              .value.reveal() == "100");
  REQUIRE(spec.kafka.metadata_refresh == 10s);
  REQUIRE(spec.kafka.watchdog == 2min);
  REQUIRE(std::get<SecretSource::File>(spec.postgres.password.value().from).path ==
          "/etc/tallymill/secrets/pg");
  REQUIRE(spec.postgres.schema == "mill");
  REQUIRE(spec.postgres.ddl == DdlPolicy::check);
  REQUIRE(spec.postgres.readers == std::vector<std::string>{"dashboards", "grafana-ro"});
  REQUIRE(spec.postgres.connect_timeout == 3s);
  REQUIRE(spec.postgres.statement_timeout == 20s);
  REQUIRE(spec.postgres.lock_timeout == 2s);
  REQUIRE(spec.postgres.commit_timeout == 8s);
  REQUIRE(spec.http.enabled);
  REQUIRE(spec.http.address == "0.0.0.0");
  REQUIRE(spec.http.port == 9200);
  REQUIRE(spec.http.dead_letter_samples);
  REQUIRE(spec.log.level == LogLevel::debug);
  REQUIRE(spec.log.format == LogFormat::json);
  REQUIRE(spec.memory_limit == std::int64_t{256} << 20);
  REQUIRE(spec.workers == 2);
  REQUIRE(spec.instance == "mill-1");
  REQUIRE(spec.takeover == 6s);

  const PipelineSpec& pipeline = spec.pipelines.at(0);
  REQUIRE(pipeline.renamed_from == "old_events");
  REQUIRE(pipeline.source.start.kind == StartAt::Kind::ago);
  REQUIRE(pipeline.source.start.ago == 10min);
  REQUIRE(pipeline.source.isolation == Isolation::read_uncommitted);
  REQUIRE(pipeline.source.group_id == "lag-tools");
  REQUIRE(pipeline.fields.at(2).path == std::vector<std::string>{"user", "first name"});
  REQUIRE(pipeline.fields.at(3).optional);
  REQUIRE(pipeline.interval == 3s);
  REQUIRE(pipeline.max_events == 100000);
  REQUIRE(pipeline.lookups.at(0).format == LookupSpec::Format::ndjson);
  REQUIRE(pipeline.lookups.at(0).on_miss == expression::OnMiss::keep);
  REQUIRE(pipeline.lookups.at(1).file == "/etc/more.txt");
  REQUIRE(pipeline.lookups.at(1).format == LookupSpec::Format::csv);
  REQUIRE(pipeline.lookups.at(1).on_miss == expression::OnMiss::drop);
  REQUIRE(pipeline.lookups.at(2).table == TableName{"crm", "users"});
  REQUIRE(pipeline.lookups.at(2).refresh == 30s);
  REQUIRE(pipeline.lookups.at(2).reads_table());
  REQUIRE(pipeline.max_future == 1h);
  REQUIRE(pipeline.on_error == OnError::skip);
  REQUIRE(pipeline.on_data_loss == OnDataLoss::record_gap);
  REQUIRE(pipeline.max_dead_letter_ratio == 0.05);
  REQUIRE(pipeline.dead_letters.max_bytes == 4096);
  REQUIRE(pipeline.dead_letters.payload == DeadLetterPayload::none);
  REQUIRE(pipeline.dead_letters.retention == 7 * 24h);
  REQUIRE(pipeline.ledger_retention == 14 * 24h);

  const AggregationSpec& stats = pipeline.aggregations.at(0);
  REQUIRE(stats.late == Late::drop);
  REQUIRE(stats.late_after == 1h);
  REQUIRE(stats.group_by.at(0).name == "c");
  REQUIRE(stats.group_by.at(0).nullable);  // The lookup keeps misses.
  REQUIRE(stats.group_by.at(1).name == "u");
  REQUIRE(stats.plan.key.at(2).type == SqlType::bigint);
  REQUIRE(stats.plan.schema == "reporting");
}

TEST_CASE("a key that is not given has the default that the table names") {
  const Spec spec = good("minimal");
  const Spec untouched;
  REQUIRE(spec.memory_limit == untouched.memory_limit);
  REQUIRE(spec.http.port == untouched.http.port);
  REQUIRE(spec.http.address == untouched.http.address);
  REQUIRE(spec.log.level == untouched.log.level);
  REQUIRE(spec.kafka.metadata_refresh == untouched.kafka.metadata_refresh);
  REQUIRE(spec.kafka.watchdog == untouched.kafka.watchdog);
  REQUIRE(spec.postgres.schema == untouched.postgres.schema);
  REQUIRE(spec.postgres.statement_timeout == untouched.postgres.statement_timeout);
  REQUIRE(spec.postgres.commit_timeout == untouched.postgres.commit_timeout);
  const PipelineSpec bare;
  const PipelineSpec& pipeline = spec.pipelines.at(0);
  REQUIRE(pipeline.interval == bare.interval);
  REQUIRE(pipeline.max_events == bare.max_events);
  REQUIRE_FALSE(pipeline.max_future.has_value());
  REQUIRE_FALSE(pipeline.event_time.field.has_value());
  REQUIRE(pipeline.max_dead_letter_ratio == bare.max_dead_letter_ratio);
  REQUIRE(pipeline.dead_letters.max_bytes == bare.dead_letters.max_bytes);
  REQUIRE(pipeline.dead_letters.retention == bare.dead_letters.retention);
  REQUIRE(pipeline.ledger_retention == bare.ledger_retention);
  REQUIRE(pipeline.aggregations.at(0).plan.schema == "public");
  REQUIRE(pipeline.aggregations.at(0).plan.table == "stats");
}

TEST_CASE("a pipeline inherits defaults key by key, and what it says itself goes first") {
  const Spec spec = good("two_pipelines_with_defaults");
  const PipelineSpec& one = spec.pipelines.at(0);
  const PipelineSpec& two = spec.pipelines.at(1);
  REQUIRE(one.interval == 3s);
  REQUIRE(two.interval == 1s);
  REQUIRE(one.source.start.kind == StartAt::Kind::latest);
  REQUIRE(two.source.start.kind == StartAt::Kind::earliest);
  REQUIRE(one.source.topics == std::vector<std::string>{"a"});
  REQUIRE(one.fields.at(one.event_time.field.value()).unit == TimeUnit::milliseconds);
  REQUIRE(two.lookups.at(0).file == "/etc/tallymill/ads.csv");
  REQUIRE(two.lookups.at(0).on_miss == expression::OnMiss::keep);
  REQUIRE(one.lookups.at(0).on_miss == expression::OnMiss::dead_letter);
  REQUIRE(two.on_error == OnError::skip);
}

TEST_CASE("a question mark and an escaped control character both stay what they are") {
  const auto group_id = [](const std::string& written) {
    const Loaded loaded = load("kafka: {brokers: \"localhost:9092\"}\npostgres: {dsn: \"dbname=stats\"}\n"
                               "pipelines:\n  p:\n    source: {topics: [events], group_id: " + written +
                               "}\n    aggregations: {p: {columns: {n: count()}}}\n");
    INFO(render(loaded.problems));
    return loaded.spec ? loaded.spec->pipelines[0].source.group_id : render(loaded.problems);
  };
  CHECK(group_id("what?") == "what?");
  CHECK(group_id("\"what?\\x01\"") == "what?\x01");
  CHECK(group_id("\"what?\\u0001\\x02\"") == "what?\x01\x02");
  CHECK(group_id("\"\\?\"").find("unknown escape character: ?") != std::string::npos);
}

TEST_CASE("variables take the type of their key, and $${ is ${ itself") {
  const Spec spec = good("variables");
  REQUIRE(spec.http.port == 9200);
  REQUIRE(spec.instance == "a: [b]");
  REQUIRE(spec.pipelines.at(0).max_events == 5000);
  REQUIRE(spec.pipelines.at(0).source.group_id == "lag.9200");
  REQUIRE(expression::canonical_text(*spec.pipelines.at(0).aggregations.at(0).where) ==
          "x == \"${no variable}\"");
}

TEST_CASE("a group key without a name of its own has its path's") {
  const auto keys = good("group_by_forms").pipelines.at(0).aggregations.at(0).group_by;
  REQUIRE(keys.size() == 4);
  REQUIRE(keys[0].name == "a");
  REQUIRE(keys[1].name == "user_id");
  REQUIRE(keys[2].name == "c");
  REQUIRE(keys[3].name == "_topic");
}

std::string text_of(const Formula& formula) {
  switch (formula.kind) {
    case Formula::Kind::part:
    case Formula::Kind::number: return formula.text;
    case Formula::Kind::negate: return "-" + text_of(formula.operands[0]);
    case Formula::Kind::add:
    case Formula::Kind::subtract:
    case Formula::Kind::multiply:
    case Formula::Kind::divide: break;
  }
  const char sign = "+-*/"[static_cast<int>(formula.kind) - static_cast<int>(Formula::Kind::add)];
  return "(" + text_of(formula.operands[0]) + sign + text_of(formula.operands[1]) + ")";
}

TEST_CASE("formulas are put into each other down to stored parts") {
  const TablePlan plan = good("formulas").pipelines.at(0).aggregations.at(0).plan;
  std::map<std::string, GeneratedColumn> generated;
  for (const GeneratedColumn& column : plan.generated) generated[column.name] = column;
  REQUIRE(text_of(generated.at("rate").formula) == "(hits/n)");
  REQUIRE(text_of(generated.at("percent").formula) == "((hits/n)*100)");
  REQUIRE(text_of(generated.at("loss").formula) == "(100-((hits/n)*100))");
  REQUIRE(text_of(generated.at("mix").formula) == "(((a_sum/a_count)+(r_hits/r_total))*-0.5)");
  REQUIRE(text_of(generated.at("spread").formula) == "(top-(a_sum/a_count))");
  REQUIRE(generated.at("rate").type == SqlType::numeric);
  REQUIRE(generated.at("mix").type == SqlType::double_precision);
  REQUIRE(generated.size() == 7);  // These, and those of avg and ratio.
  for (const PartColumn& part : plan.parts) {
    if (part.name == "total") REQUIRE(part.type == SqlType::bigint);
  }
}

TEST_CASE("an operator sees the place, the line, and a caret under the character") {
  const Loaded loaded = load(
      "kafka: {brokers: localhost}\npostgres: {dsn: dbname=x}\npipelines:\n  p:\n"
      "    source: {topics: [t]}\n    aggregations:\n      s:\n"
      "        where: \xC3\xBC == \"a\" && b = 1\n        columns: {n: count()}\n");
  REQUIRE(render(loaded.problems).find("test.yaml:8:16: error: ") == 0);
  const Loaded unknown = load("kafka: {brokers: localhost}\npostgres: {dsn: dbname=x}\nhtpt: {}\npipelines:\n  p:\n"
                              "    source: {topics: [t]}\n    aggregations: {s: {columns: {n: count()}}}\n");
  REQUIRE(render(unknown.problems) ==
          "test.yaml:3:1: error: unknown key htpt; did you mean http?\n"
          "    htpt: {}\n"
          "    ^\n"
          "1 error\n");
}

}  // namespace
}  // namespace tallymill
