#include "config/daemon_reader.h"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "config/identifier.h"
#include "config/kafka_options.h"
#include "config/plaintext.h"

namespace tallymill {
namespace {

std::string host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "localhost";
  return name;
}

bool is_option_name(std::string_view name) {
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._") == std::string_view::npos;
}

void read_kafka_options(const Section& kafka, KafkaSpec& spec, Loading& loading) {
  for (const YamlEntry& entry : kafka.named("options")) {
    const std::string reason = owned_option_reason(entry.key);
    if (!reason.empty()) {
      loading.problems.error(entry.key_spot,
                             "kafka.options: " + entry.key + " cannot be set: " + reason);
    } else if (!is_option_name(entry.key)) {
      loading.problems.error(entry.key_spot, "kafka.options: this is no setting of librdkafka; they "
                                             "look like security.protocol");
    } else if (auto value = read_secret(*entry.value, loading)) {
      spec.options.emplace(entry.key, std::move(*value));
    }
  }
}

// Of an option that is written out; empty if it is not.
std::string literal_option(const KafkaSpec& spec, const std::string& name) {
  const auto found = spec.options.find(name);
  if (found == spec.options.end()) return {};
  const auto* literal = std::get_if<SecretSource::Literal>(&found->second.from);
  if (literal == nullptr) return {};
  std::string value = literal->value.reveal();
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return value;
}

void read_kafka(const Section& kafka, KafkaSpec& spec, Loading& loading) {
  spec.metadata_refresh = kafka.duration("metadata_refresh").value_or(spec.metadata_refresh);
  spec.watchdog = kafka.duration("watchdog").value_or(spec.watchdog);
  read_kafka_options(kafka, spec, loading);
  if (!kafka.given()) return;
  if (auto brokers = kafka.text("brokers")) {
    spec.brokers = std::move(*brokers);
    const std::string protocol = literal_option(spec, "security.protocol");
    if (has_remote_broker(spec.brokers) && protocol != "ssl" && protocol != "sasl_ssl") {
      loading.problems.warning(kafka.find("brokers")->spot,
                               "records from another machine arrive unencrypted; set "
                               "kafka.options security.protocol to ssl or sasl_ssl");
    }
  }
}

void read_postgres(const Section& postgres, PostgresSpec& spec, Loading& loading) {
  spec.schema = postgres.identifier("schema").value_or(spec.schema);
  spec.ddl = postgres.word<DdlPolicy>("ddl").value_or(spec.ddl);
  spec.connect_timeout = postgres.duration("connect_timeout").value_or(spec.connect_timeout);
  spec.statement_timeout = postgres.duration("statement_timeout").value_or(spec.statement_timeout);
  spec.lock_timeout = postgres.duration("lock_timeout").value_or(spec.lock_timeout);
  spec.commit_timeout = postgres.duration("commit_timeout").value_or(spec.commit_timeout);
  spec.password = postgres.secret("password");
  for (auto& [role, node] : postgres.texts("readers")) {
    // Roles are often made by others and named with hyphens; they are quoted, so only length counts.
    if (role.size() > max_identifier_bytes) {
      report(*node, "the role's name is longer than " + std::to_string(max_identifier_bytes) + " bytes",
             loading);
    } else {
      spec.readers.push_back(std::move(role));
    }
  }
  if (spec.schema.substr(0, 3) == "pg_" || spec.schema == "public" ||
      spec.schema == "information_schema") {
    report(*postgres.find("schema"), spec.schema + " belongs to others; the daemon needs a schema of its own",
           loading);
  }
  if (!postgres.given()) return;
  if (auto dsn = postgres.secret("dsn")) {
    spec.dsn = std::move(*dsn);
    const auto* literal = std::get_if<SecretSource::Literal>(&spec.dsn.from);
    if (literal != nullptr && loading.check_dsn) {
      const auto understood = loading.check_dsn(literal->value);
      if (!understood.ok()) report(*postgres.find("dsn"), understood.error().message(), loading);
    }
    if (literal != nullptr && is_remote_plaintext(literal->value.reveal())) {
      loading.problems.warning(postgres.find("dsn")->spot,
                               "the connection to another machine may be unencrypted; add "
                               "sslmode=verify-full to the dsn");
    }
  }
}

}  // namespace

void read_daemon(const Section& root, Spec& spec, Loading& loading) {
  spec.memory_limit = root.size("memory_limit").value_or(spec.memory_limit);
  if (loading.reach != Reach::nothing) read_kafka(root.section("kafka"), spec.kafka, loading);
  if (loading.reach != Reach::everything) return;
  spec.instance = root.text("instance").value_or(host_name());
  spec.takeover = root.duration("takeover").value_or(spec.takeover);
  spec.workers = static_cast<int>(root.integer("workers").value_or(0));
  read_postgres(root.section("postgres"), spec.postgres, loading);

  const Section http = root.section("http");
  spec.http.enabled = http.boolean("enabled").value_or(spec.http.enabled);
  spec.http.address = http.text("address").value_or(spec.http.address);
  spec.http.port = static_cast<std::uint16_t>(http.integer("port").value_or(spec.http.port));
  spec.http.dead_letter_samples =
      http.boolean("dead_letter_samples").value_or(spec.http.dead_letter_samples);

  const Section log = root.section("log");
  spec.log.level = log.word<LogLevel>("level").value_or(spec.log.level);
  spec.log.format = log.word<LogFormat>("format").value_or(spec.log.format);
}

}  // namespace tallymill
