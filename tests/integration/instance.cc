#include "integration/instance.h"

#include "aggregate/catalog.h"
#include "aggregate/group_table.h"
#include "config/load.h"
#include "model/key.h"
#include "sink/postgres/postgres_store.h"

#include "support/catch.h"

namespace tallymill::testing {

Spec spec_for(const Database& database, const Settings& settings) {
  const std::string text =
      "kafka: {brokers: \"localhost:1\"}\n"
      "postgres: {dsn: \"" + database.dsn(settings.user) + "\"" + settings.postgres + "}\n"
      "pipelines:\n"
      "  " + settings.pipeline + ":\n"
      "    source:\n"
      "      topics: [events]\n"
      "      start: earliest\n"
      "      fields: {key: string, amount: int?, real: double?, at: {type: timestamp, unit: ms}}\n"
      "    event_time: {field: at, unit: ms}\n" +
      settings.more +
      "    aggregations:\n" + settings.aggregations;
  const auto nothing = [](const std::string&) { return std::optional<std::string>(); };
  Loaded loaded = load_config_text("test.yaml", text, aggregate_catalog(), nothing);
  INFO(render(loaded.problems));
  REQUIRE(loaded.spec);
  return *std::move(loaded.spec);
}

postgres::SecretResolver plain_secrets() {
  return [](const SecretSource& source) -> Result<Secret> {
    return std::get<SecretSource::Literal>(source.from).value;
  };
}

Folded amount(std::string_view key, std::int64_t amount) {
  return {{Value::of(key)}, {Value::missing(), Value::of(amount)}};
}

Instance::Instance(const Database& database, const Settings& settings, const std::string& session)
    : spec(spec_for(database, settings)),
      store(make_postgres_store(spec.postgres, spec.pipelines[0], {"host-" + session, session},
                                plain_secrets())) {}

void Instance::start(int partitions) {
  const auto opened = store->open();
  INFO((opened.ok() ? "" : opened.error().message()));
  REQUIRE(opened.ok());
  std::vector<Checkpoint> first;
  for (int i = 0; i < partitions; ++i) {
    first.push_back({{"events", Partition(i)}, "id-1", Offset(0), LeaderEpoch(), std::nullopt});
  }
  const auto inserted = store->insert_checkpoints(first, *opened);
  REQUIRE(inserted.ok());
  REQUIRE(store->take_lease(inserted.value().lease).value());
  follow();
}

Batch Instance::batch(const std::vector<Folded>& records) const {
  Batch batch = batch_of_all(records);
  batch.ranges.resize(1);
  return batch;
}

Batch Instance::batch_of_all(const std::vector<Folded>& records) const {
  static int count = 0;
  const auto number = static_cast<std::int64_t>(records.size());
  Batch batch;
  batch.sequence = progress.sequence + 1;
  batch.id = "batch-" + std::to_string(++count);
  batch.fingerprint = pipeline().fingerprint;
  for (const Checkpoint& one : progress.checkpoints) {
    const int128 read = batch.ranges.empty() ? number : 0;
    batch.ranges.push_back({one.where, one.topic_id, one.next_offset,
                            Offset(one.next_offset.value() + read), std::nullopt, one.leader_epoch,
                            one.anchor});
  }
  batch.counts.read = number;
  batch.counts.used = number;
  for (const AggregationSpec& aggregation : pipeline().aggregations) {
    GroupTable table(aggregation);
    for (const Folded& record : records) {
      std::string key;
      for (const Value& value : record.key) append_key(key, value);
      table.fold(key, record.arguments, {});
    }
    batch.rows.push_back(GroupTable::into_rows(std::move(table)));
    batch.counts.aggregations.push_back({number, 0, 0});
  }
  REQUIRE_FALSE(batch.counts.imbalance());
  return batch;
}

void Instance::commit(const Batch& batch) {
  const CommitResult result = store->commit(batch);
  INFO(result.error.message());
  REQUIRE(result.kind == CommitResult::Kind::acked);
  follow();
}

void Instance::follow() {
  auto read = store->read_progress();
  INFO((read.ok() ? "" : read.error().message()));
  REQUIRE(read.ok());
  progress = std::move(read).value();
}

std::string table(Database& database) {
  std::string text;
  for (const auto& row : database.query("SELECT key, n, total FROM counts ORDER BY key")) {
    text += row[0] + " " + row[1] + " " + row[2] + "; ";
  }
  return text;
}

std::string position(Database& database) {
  return database.value("SELECT string_agg(next_offset::text, ' ' ORDER BY partition) FROM "
                        "tallymill.checkpoint");
}

}  // namespace tallymill::testing
