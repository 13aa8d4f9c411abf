#include "support/process.h"

#include "aggregate/catalog.h"
#include "config/load.h"
#include "decode/lookup_file.h"
#include "support/catch.h"

namespace tallymill::testing {
namespace {

PipelineOptions with_session(PipelineOptions options, const std::string& session) {
  if (options.instance.empty()) options.instance = "host-" + session;
  options.session = session;
  options.seed = std::hash<std::string>{}(session);
  return options;
}

}  // namespace

Spec counting_spec(const std::string& more, const std::string& group_by) {
  const std::string text =
      "kafka: {brokers: \"localhost:1\"}\n"
      "postgres: {dsn: \"host=localhost\"}\n"
      "pipelines:\n"
      "  counts:\n"
      "    source:\n"
      "      topics: [events]\n"
      "      start: earliest\n"
      "      fields: {key: string}\n" +
      more +
      "    aggregations:\n"
      "      counts:\n"
      "        group_by: " + group_by + "\n"
      "        columns:\n"
      "          n: count()\n";
  const auto nothing = [](const std::string&) { return std::optional<std::string>(); };
  Loaded loaded = load_config_text("test.yaml", text, aggregate_catalog(), nothing);
  INFO(render(loaded.problems));
  REQUIRE(loaded.spec);
  return *std::move(loaded.spec);
}

Spec pattern_spec(const std::string& more, const std::vector<std::string>& patterns) {
  Spec spec = counting_spec(more);
  SourceSpec& source = spec.pipelines[0].source;
  source.topics.clear();
  for (const std::string& text : patterns) source.topic_patterns.push_back(*TopicPattern::parse(text).value);
  return spec;
}

std::string event(const std::string& key) { return "{\"key\":\"" + key + "\"}"; }

Result<std::shared_ptr<const LookupTable>> FakeLookups::load(const LookupSpec& spec) {
  ++loads[spec.name];
  if (failure) return *failure;
  if (const auto found = failures.find(spec.name); found != failures.end()) return found->second;
  return parse_lookup(texts[spec.name], LookupFormat::csv, spec.key, spec.name);
}

void World::send(int count, const std::string& key, std::size_t partition) {
  for (int i = 0; i < count; ++i) cluster.append("events", partition, event(key));
}

void World::send_to(const std::string& topic, int count, const std::string& key) {
  for (int i = 0; i < count; ++i) cluster.append(topic, 0, event(key));
}

std::int64_t World::count(const std::string& key) const {
  if (database.tables.empty()) return 0;
  const auto row = database.tables[0].find(key + "|");
  return row == database.tables[0].end() ? 0 : row->second.at(0);
}

std::int64_t World::total() const {
  std::int64_t sum = 0;
  if (database.tables.empty()) return 0;
  for (const auto& [key, parts] : database.tables[0]) sum += parts.at(0);
  return sum;
}

std::int64_t World::next_offset(std::size_t partition) const {
  const auto found = database.checkpoints.find(
      {"events", Partition(static_cast<std::int64_t>(partition))});
  return found == database.checkpoints.end()
             ? -1
             : static_cast<std::int64_t>(found->second.next_offset.value());
}

Process::Process(World& world_of_all, const std::string& session, PipelineOptions options,
                 Store* real, const Spec* other)
    : world(world_of_all),
      spec((other != nullptr ? *other : world.spec).pipelines[0]),
      source(world.cluster),
      store(world.database, spec, world.clock, with_session(options, session).instance, session),
      pipeline({spec, world.clock, source, real != nullptr ? *real : static_cast<Store&>(store), store,
                world.lookups, metrics, writer, inquiries, heart,
                [this] { return make_json_decoder(spec.fields); },
                [this] { return make_evaluator(spec); }},
               with_session(std::move(options), session)) {}

void Process::run(Duration length, Duration tick) {
  for (Duration passed{}; passed < length; passed += tick) {
    round();
    world.clock.advance(tick);
  }
}

void Process::round() {
  pipeline.step();
  run_writer();
  run_inquiries();
  run_heart();
  fold();
}

void Process::run_writer() {
  while (writer.run_one()) {
  }
}

void Process::run_inquiries() {
  while (inquiries.run_one()) {
  }
}

void Process::run_heart() {
  while (heart.run_one()) {
  }
}

void Process::fold() {
  for (std::size_t i = 0; i < pipeline.worker_count(); ++i) pipeline.worker(i).step({});
}

}  // namespace tallymill::testing
