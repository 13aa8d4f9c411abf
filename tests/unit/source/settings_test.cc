#include "source/kafka/settings.h"

#include "source/kafka/kafka_source.h"
#include "source/kafka/limits.h"
#include "support/catch.h"

namespace tallymill {
namespace {

KafkaSourceOptions options_with(const std::string& name, const std::string& value) {
  KafkaSourceOptions options;
  options.kafka.brokers = "127.0.0.1:1";
  options.source.group_id = "g";
  options.kafka.options[name] = {SecretSource::Literal{Secret(value)}};
  options.secrets = [](const SecretSource& source) -> Result<Secret> {
    return std::get<SecretSource::Literal>(source.from).value;
  };
  return options;
}

std::string value_of(const rd_kafka_conf_t* conf, const char* name) {
  char value[256] = "";
  std::size_t size = sizeof value;
  REQUIRE(rd_kafka_conf_get(conf, name, value, &size) == RD_KAFKA_CONF_OK);
  return value;
}

}  // namespace

TEST_CASE("an option that a rule owns is refused with the reason") {
  for (const char* name : {"auto.offset.reset", "enable.auto.commit", "check.crcs", "group.id",
                           "bootstrap.servers", "fetch.max.bytes", "isolation.level"}) {
    const auto opened = KafkaSource::open(options_with(name, "true"));
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().reaction() == Reaction::stop);
    CHECK(opened.error().message().find(std::string("kafka.options: ") + name +
                                        ": cannot be set: ") == 0);
  }
}

TEST_CASE("an option that librdkafka does not know is refused by its name") {
  const auto opened = KafkaSource::open(options_with("sasl.pasword", "hunter22"));
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().message().find("has no such option") != std::string::npos);
  CHECK(opened.error().message().find("hunter22") == std::string::npos);
}

TEST_CASE("a value that librdkafka refuses is named") {
  const auto plain = KafkaSource::open(options_with("security.protocol", "carrier_pigeon"));
  REQUIRE_FALSE(plain.ok());
  CHECK(plain.error().message().find("security.protocol") != std::string::npos);
  CHECK(plain.error().message().find("carrier_pigeon") != std::string::npos);
}

TEST_CASE("a client opens with each way to log in, by password and by token") {
  for (const std::string mechanism : {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"}) {
    auto options = options_with("security.protocol", "sasl_plaintext");
    const auto set = [&options](const char* name, const std::string& value) {
      options.kafka.options[name] = {SecretSource::Literal{Secret(value)}};
    };
    set("sasl.mechanism", mechanism);
    if (mechanism != "OAUTHBEARER") {
      set("sasl.username", "app");
      set("sasl.password", "hunter22");
    }
    const auto opened = KafkaSource::open(options);
    INFO(mechanism << ": " << (opened.ok() ? "" : opened.error().message()));
    CHECK(opened.ok());
  }
}

TEST_CASE("a secret that is no good is not repeated") {
  auto options = options_with("ssl.key.pem", "neither key nor pem");
  options.kafka.options["security.protocol"] = {SecretSource::Literal{Secret("ssl")}};
  const auto opened = KafkaSource::open(options);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().reaction() == Reaction::stop);
  CHECK(opened.error().message().find("ssl.key.pem") != std::string::npos);
  CHECK(opened.error().message().find("neither") == std::string::npos);
}

TEST_CASE("a secret that cannot be read is an error that names the option") {
  auto options = options_with("sasl.password", "");
  options.secrets = [](const SecretSource&) -> Result<Secret> {
    return Error(Reaction::retry, "reading /run/secrets/kafka: no such file");
  };
  const auto opened = KafkaSource::open(options);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().message() ==
        "kafka.options: sasl.password: reading /run/secrets/kafka: no such file");
}

TEST_CASE("the rules are set whatever the options say, and options change the rest") {
  kafka::Scrubber scrubber;
  auto options = options_with("client.id", "mill-7");
  options.source.isolation = Isolation::read_uncommitted;
  const auto conf = kafka::make_conf(options, scrubber);
  REQUIRE(conf.ok());
  CHECK(value_of(conf->get(), "auto.offset.reset") == "error");
  CHECK(value_of(conf->get(), "enable.auto.commit") == "false");
  CHECK(value_of(conf->get(), "enable.auto.offset.store") == "false");
  CHECK(value_of(conf->get(), "enable.partition.eof") == "true");
  CHECK(value_of(conf->get(), "check.crcs") == "true");
  CHECK(value_of(conf->get(), "isolation.level") == "read_uncommitted");
  CHECK(value_of(conf->get(), "client.id") == "mill-7");
}

TEST_CASE("a library below the floor is refused in words that say what to install") {
  CHECK(kafka::check_library_version(0x020f01ff, "2.15.1").ok());
  CHECK(kafka::check_library_version(0x020d02ff, "2.13.2").ok());
  const auto old = kafka::check_library_version(0x020d01ff, "2.13.1");
  REQUIRE_FALSE(old.ok());
  CHECK(old.error().reaction() == Reaction::stop);
  CHECK(old.error().message().find("2.13.1") != std::string::npos);
  CHECK(old.error().message().find("2.13.2 or newer") != std::string::npos);
}

TEST_CASE("the library was built with TLS, SASL and every compression") {
  const kafka::Conf conf(rd_kafka_conf_new());
  const std::string features = "," + value_of(conf.get(), "builtin.features") + ",";
  for (const std::string feature : {"ssl", "sasl_plain", "sasl_scram", "sasl_gssapi",
                                    "sasl_oauthbearer", "oidc", "gzip", "snappy", "lz4", "zstd"}) {
    INFO(feature << " of " << features);
    CHECK(features.find("," + feature + ",") != std::string::npos);
  }
}

TEST_CASE("secrets are taken out of what the library says") {
  kafka::Scrubber scrubber;
  scrubber.hide(Secret("hunter22"));
  scrubber.hide(Secret(""));
  CHECK(scrubber.scrub("user x, password hunter22, again hunter22.") ==
        "user x, password ***, again ***.");
}

TEST_CASE("limits divide the prefetch and never ask for nothing") {
  const auto wide = kafka::limit_fetching(std::size_t{64} << 20, 2);
  const std::size_t queues = 2 * (wide.queued_kilobytes * 1000 + wide.queued_messages * 512);
  CHECK(queues <= std::size_t{64} << 20);
  CHECK(wide.partition_bytes <= wide.answer_bytes);
  const auto narrow = kafka::limit_fetching(1, 64);
  CHECK(narrow.queued_kilobytes > 0);
  CHECK(narrow.queued_messages > 0);
  CHECK(narrow.partition_bytes > 0);
}

}  // namespace tallymill
