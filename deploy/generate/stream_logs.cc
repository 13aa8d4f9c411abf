#include "stream_logs.h"

#include <string>
#include <vector>

#include "incident.h"
#include "random.h"
#include "second_text.h"
#include "text.h"

namespace tallymill::generate {
namespace {

constexpr std::string_view domains[] = {"account", "billing", "cart",   "catalog", "delivery",
                                        "fraud",   "media",   "search", "session", "stock"};
constexpr std::string_view tiers[] = {"api", "cache", "gateway", "store", "worker"};

constexpr std::string_view good_messages[] = {
    "request handled", "cache refreshed", "message published", "page rendered", "lock released"};
constexpr std::string_view slow_messages[] = {"retrying after a time-out", "queue is filling up",
                                              "answer took longer than expected"};
constexpr std::string_view bad_messages[] = {"upstream answered 503", "connection reset by peer",
                                             "no free connection in the pool",
                                             "unhandled error while \"saving\""};

struct Service {
  std::string name;
  std::uint32_t error_per_mille;  // While all is well.
  std::uint32_t typical_ms;
};

// Writes text as a JSON string with its quotes; the messages hold no other special character.
char* put_json_string(char* out, std::string_view text) {
  *out++ = '"';
  for (const char c : text) {
    if (c == '"') *out++ = '\\';
    *out++ = c;
  }
  *out++ = '"';
  return out;
}

class LogsStream final : public Stream {
 public:
  explicit LogsStream(std::uint64_t seed) : random_(seed), incident_(random_, service_count()) {
    for (const std::string_view domain : domains) {
      for (const std::string_view tier : tiers) {
        services_.push_back({std::string(domain) + "-" + std::string(tier), 1 + random_.below(10),
                             5 + random_.below(60)});
      }
    }
  }

  std::size_t write_event(char* out, std::int64_t now_ms) override {
    incident_.update(now_ms);
    const std::uint32_t index = random_.below(service_count());
    const Service& service = services_[index];
    const bool in_trouble = incident_.hits(index);
    const std::uint32_t errors =
        in_trouble ? incident_.error_percent() * 10 : service.error_per_mille;
    const std::uint32_t draw = random_.below(1000);

    char* end = put(out, "{\"time\": \"");
    end = time_.put(end, now_ms);
    end = put(end, "Z\", \"service\": \"");
    end = put(end, service.name);
    if (draw < errors) {
      end = put_json_string(put(end, "\", \"level\": \"ERROR\", \"message\": "), pick(bad_messages));
    } else if (draw < errors + 30) {
      end = put_json_string(put(end, "\", \"level\": \"WARN\", \"message\": "), pick(slow_messages));
    } else if (draw < 900) {
      end = put_json_string(put(end, "\", \"level\": \"INFO\", \"message\": "), pick(good_messages));
    } else {
      end = put_json_string(put(end, "\", \"level\": \"DEBUG\", \"message\": "), pick(good_messages));
    }
    const std::uint32_t typical_ms = in_trouble ? service.typical_ms * 8 : service.typical_ms;
    end = put_number(put(end, ", \"latency_ms\": "), 1 + random_.below(2 * typical_ms));
    end = put(end, ", \"trace_id\": \"");
    end = put_hex(put_hex(end, random_.next()), random_.next());
    end = put(end, "\"}");
    return static_cast<std::size_t>(end - out);
  }

  bool write_lookup(std::ostream&) const override { return false; }

 private:
  static constexpr std::uint32_t service_count() {
    return static_cast<std::uint32_t>(std::size(domains) * std::size(tiers));
  }

  template <std::size_t n>
  std::string_view pick(const std::string_view (&choices)[n]) {
    return choices[random_.below(n)];
  }

  Random random_;
  Incident incident_;
  std::vector<Service> services_;
  SecondText time_{"%Y-%m-%dT%H:%M:%S."};
};

}  // namespace

std::unique_ptr<Stream> make_logs_stream(std::uint64_t seed) {
  return std::make_unique<LogsStream>(seed);
}

}  // namespace tallymill::generate
