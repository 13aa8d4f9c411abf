#include "source/kafka/client.h"

#include <array>
#include <string>

#include "base/log.h"
#include "source/kafka/errors.h"
#include "source/kafka/settings.h"

namespace tallymill::kafka {
Result<std::shared_ptr<Client>> Client::open(const KafkaSourceOptions& options) {
  TRY(check_library_version(rd_kafka_version(), rd_kafka_version_str()));
  auto client = std::make_shared<Client>(options);
  TRY_ASSIGN(Conf conf, make_conf(options, client->scrubber_));
  rd_kafka_conf_set_opaque(conf.get(), client.get());
  rd_kafka_conf_set_error_cb(conf.get(), &on_error);
  rd_kafka_conf_set_log_cb(conf.get(), &on_log);
  rd_kafka_conf_enable_sasl_queue(conf.get(), 1);
  std::array<char, 512> why{};
  client->handle_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), why.data(), why.size()));
  if (!client->handle_) {
    return Error(Reaction::stop, "kafka_settings",
                 "starting the Kafka client: " + client->scrubber_.scrub(why.data()));
  }
  conf.release();  // NOLINT: owned by the handle from here on.
  rd_kafka_poll_set_consumer(client->handle());
  // Only who logs in with tokens has such a queue. Tokens are renewed on a thread of the library's, so
  // that questions need no polling beside them.
  if (!Queue(rd_kafka_queue_get_sasl(client->handle()))) return client;
  const KafkaError refused(rd_kafka_sasl_background_callbacks_enable(client->handle()));
  if (refused) {
    return Error(Reaction::stop, "kafka_settings",
                 std::string("starting the Kafka client: ") + rd_kafka_error_string(refused.get()));
  }
  return client;
}

void Client::serve(Duration wait) {
  auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  while (const MessagePtr message{
      rd_kafka_consumer_poll(handle(), static_cast<int>(longest))}) {
    read(*message);
    longest = 0;
  }
}

void Client::read(const rd_kafka_message_t& message) {
  const char* text = rd_kafka_message_errstr(&message);
  const std::string words = scrubber_.scrub(text == nullptr ? "" : text);
  // Nothing is read from the group; whether it can be written to, OffsetPublisher finds out.
  if (is_about_group(message.err)) return;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return events_.trouble(to_error(message.err, words));
  }
  // Every partition's queue leads to a lane; a record here would be one that no lane ever sees.
  events_.trouble(Error(Reaction::stop, "kafka_queue",
                        "a record of partition " + std::to_string(message.partition) +
                            " came outside of its lane; restart the daemon and report this"));
}

void Client::on_log(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
  log_line(static_cast<const Client*>(rd_kafka_opaque(handle))->scrubber_, level, facility, text);
}

// Single brokers come and go without a word: librdkafka finds its way. All of them at once is an
// outage, and so is a refused login.
void Client::on_error(rd_kafka_t* handle, int code, const char* words, void* opaque) {
  auto* self = static_cast<Client*>(opaque);
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  const std::string clean = self->scrubber_.scrub(words);
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      self->login_refused_ = true;
      self->events_.trouble(to_error(error, clean).within("logging in to Kafka"));
      return;
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__RESOLVE:
      self->events_.trouble(to_error(error, clean).within("connecting to Kafka"));
      return;
    case RD_KAFKA_RESP_ERR__FATAL: {
      std::array<char, 512> why{};
      rd_kafka_fatal_error(handle, why.data(), why.size());
      self->events_.trouble(to_error(error, self->scrubber_.scrub(why.data())));
      return;
    }
    default: return;
  }
}

Result<void> Client::reach(Duration timeout) {
  if (!events_.any_trouble()) return {};
  const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto failed =
      rd_kafka_metadata(handle(), 0, nullptr, &metadata, static_cast<int>(longest));
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(failed, "no broker answers");
  rd_kafka_metadata_destroy(metadata);
  return {};
}

void Client::refresh_login() {
  const auto user = options_.kafka.options.find("sasl.username");
  const auto password = options_.kafka.options.find("sasl.password");
  if (user == options_.kafka.options.end() || password == options_.kafka.options.end()) return;
  if (!login_refused_.exchange(false)) return;
  const auto name = options_.secrets(user->second);
  const auto secret = options_.secrets(password->second);
  if (!name.ok() || !secret.ok()) {
    login_refused_ = true;
    events_.trouble((name.ok() ? secret : name).error().within("reading the login for Kafka"));
    return;
  }
  scrubber_.hide(*secret);
  const KafkaError refused(rd_kafka_sasl_set_credentials(handle(), name->reveal().c_str(),
                                                         secret->reveal().c_str()));
  if (refused) log_warn("login for Kafka cannot be renewed",
                        {{"error", scrubber_.scrub(rd_kafka_error_string(refused.get()))}});
}

}  // namespace tallymill::kafka
