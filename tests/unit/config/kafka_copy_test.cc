#include "config/kafka_copy.h"

#include "support/catch.h"
#include "support/folder.h"

namespace tallymill {
namespace {

using testing::Folder;

std::string copy_of(const std::string& text) {
  const Folder folder;
  const auto copied = copy_kafka_section(folder.write("like.yaml", text));
  return copied.ok() ? *copied : "failed: " + copied.error().message();
}

const std::string refusal =
    ": ...  # Not copied, for it may hold a secret: write ${VAR}, {file: ...} or {command: ...}.\n";

TEST_CASE("brokers and options are copied as they stand, references not replaced") {
  CHECK(copy_of("kafka:\n"
                "  brokers: \"${KAFKA_BROKERS:-it's:9092}\"\n"
                "  watchdog: 2m\n"
                "  options: {security.protocol: SASL_SSL, sasl.password: \"${KAFKA_PASSWORD}\", sasl.username: app}\n"
                "pipelines: {}\n") ==
        "kafka:\n"
        "  brokers: '${KAFKA_BROKERS:-it''s:9092}'\n"
        "  options:\n"
        "    security.protocol: 'SASL_SSL'\n"
        "    sasl.password: '${KAFKA_PASSWORD}'\n"
        "    sasl.username: 'app'\n");
}

TEST_CASE("no secret that is written out is copied, whatever it is called") {
  for (const char* option : {
           "sasl.password: canary", "sasl.password: \"${VAR:-canary}\"", "sasl.password: \"canary${VAR}\"",
           "sasl.password: \"$${canary}\"", "sasl.pasword: canary", "ssl.key.pem: |\n      canary\n      more",
           "sasl.jaas.config: \"x password=canary;\"", "ssl.keystore.password: canary",
           "sasl.kerberos.kinit.cmd: kinit --password=canary", "sasl.password: {command: [echo, canary]}",
           "some.url: \"http://user:canary@host/\"", "sasl.password: [canary]", "sasl.password: {text: canary}"}) {
    const std::string text = copy_of("kafka:\n  brokers: a\n  options:\n    " + std::string(option) + "\n");
    INFO(text);
    CHECK(text.find("canary") == std::string::npos);
    CHECK(text.find(refusal) != std::string::npos);
    CHECK(text.find("  # options:\n") != std::string::npos);
  }
}

TEST_CASE("a secret's file is named by its whole path, since the copy may stand elsewhere") {
  const Folder folder;
  const auto copied = copy_kafka_section(folder.write(
      "like.yaml", "kafka: {brokers: a, options: {sasl.password: {file: secret}, x.secret: {file: /run/it's}, "
                   "y.secret: {file: \"${DIR}/z\"}}}\n"));
  REQUIRE(copied.ok());
  CHECK(*copied == "kafka:\n  brokers: 'a'\n  options:\n"
                   "    sasl.password: {file: '" + folder.path() + "/secret'}\n"
                   "    x.secret: {file: '/run/it''s'}\n"
                   "    y.secret: {file: '${DIR}/z'}\n");
}

TEST_CASE("a text of several lines is not copied") {
  CHECK(copy_of("kafka:\n  brokers: a\n  options:\n    client.rack: |\n      a\n      b\n    log.queue: x\n") ==
        "kafka:\n  brokers: 'a'\n  options:\n    # client.rack" + refusal + "    log.queue: 'x'\n");
}

TEST_CASE("of a folder it is the file that holds the section") {
  const Folder folder;
  folder.write("a.yaml", "pipelines: {}\n");
  folder.write("b.yaml", "kafka: {brokers: b}\n");
  const auto copied = copy_kafka_section(folder.path());
  REQUIRE(copied.ok());
  CHECK(*copied == "kafka:\n  brokers: 'b'\n");
}

TEST_CASE("without a section there is nothing to copy") {
  for (const char* text : {"pipelines: {}\n", "kafka: {}\n", "kafka: {brokers: [a]}\n", "kafka\n", "{", ""}) {
    CHECK(copy_of(text).find("no section kafka") != std::string::npos);
  }
}

}  // namespace
}  // namespace tallymill
