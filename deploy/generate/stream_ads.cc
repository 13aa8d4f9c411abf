#include "stream_ads.h"

#include <ostream>
#include <string>
#include <vector>

#include "random.h"
#include "text.h"
#include "uuid.h"

namespace tallymill::generate {
namespace {

constexpr std::uint32_t campaign_count = 100;
constexpr std::uint32_t ads_per_campaign = 10;
constexpr std::uint32_t page_count = 100;
constexpr std::uint32_t user_count = 100;
constexpr std::uint32_t late_once_in = 100'000;
constexpr std::uint32_t latest_ms = 60'000;
constexpr std::uint32_t skew_ms = 50;
constexpr std::uint32_t cost_limit = 1'000;  // Ten-thousandths: a cost is below 0.1000.

constexpr std::string_view ad_types[] = {"banner", "modal", "sponsored-search", "mail", "mobile"};
constexpr std::string_view event_types[] = {"view", "click", "purchase"};

// Ids are drawn before anything else, so that they depend on the seed alone.
class AdsStream final : public Stream {
 public:
  AdsStream(std::uint64_t seed, Skew skew)
      : random_(seed),
        campaigns_(make_uuids(random_, campaign_count)),
        ads_(make_uuids(random_, campaign_count * ads_per_campaign)),
        skew_(skew) {
    for (std::uint32_t i = 0; i < user_count; ++i) {
      users_.push_back("{\"user_id\": \"" + make_uuid(random_) + "\", \"page_id\": \"");
    }
    for (std::uint32_t i = 0; i < page_count; ++i) {
      pages_.push_back(make_uuid(random_) + "\", \"ad_id\": \"");
    }
    for (const std::string_view ad_type : ad_types) {
      for (const std::string_view event_type : event_types) {
        types_.push_back("\", \"ad_type\": \"" + std::string(ad_type) + "\", \"event_type\": \"" +
                         std::string(event_type) + "\", \"event_time\": \"");
      }
    }
  }

  std::size_t write_event(char* out, std::int64_t now_ms) override {
    char* end = out;
    end = put(end, pick(users_));
    end = put(end, pick(pages_));
    end = put(end, pick(ads_));
    end = put(end, pick(types_));
    end = put_digits(end, event_time(now_ms), 13);
    end = put(end, "\", \"ip_address\": \"1.2.3.4\", \"cost\": \"0.");
    end = put_digits(end, random_.below(cost_limit), 4);
    end = put(end, "\"}");
    return static_cast<std::size_t>(end - out);
  }

  bool write_lookup(std::ostream& out) const override {
    out << "ad_id,campaign_id\n";
    for (std::size_t i = 0; i < ads_.size(); ++i) {
      out << ads_[i] << ',' << campaigns_[i / ads_per_campaign] << '\n';
    }
    return true;
  }

 private:
  std::string_view pick(const std::vector<std::string>& choices) {
    return choices[random_.below(static_cast<std::uint32_t>(choices.size()))];
  }

  std::int64_t event_time(std::int64_t now_ms) {
    if (skew_ == Skew::none) return now_ms;
    std::int64_t time = now_ms + random_.below(2 * skew_ms) - skew_ms;
    if (random_.below(late_once_in) == 0) time -= random_.below(latest_ms);
    return time;
  }

  Random random_;
  std::vector<std::string> campaigns_;
  std::vector<std::string> ads_;
  std::vector<std::string> users_;  // With the text around them, here and below.
  std::vector<std::string> pages_;
  std::vector<std::string> types_;
  Skew skew_;
};

}  // namespace

std::unique_ptr<Stream> make_ads_stream(std::uint64_t seed, Skew skew) {
  return std::make_unique<AdsStream>(seed, skew);
}

}  // namespace tallymill::generate
