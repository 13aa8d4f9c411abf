#include "stream_bids.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "random.h"
#include "second_text.h"
#include "text.h"

namespace tallymill::generate {
namespace {

// As in the benchmark: of 50 events one is a person, three are auctions, the others are bids.
constexpr std::int64_t bids_per_person = 46;
constexpr std::int64_t auctions_per_person = 3;
constexpr std::int64_t first_id = 1000;
constexpr std::int64_t open_auctions = 100;
constexpr std::int64_t active_persons = 1000;
constexpr std::int64_t hot_spacing = 100;  // One id in so many is a hot one.
constexpr std::uint32_t channel_count = 10'000;

constexpr std::string_view hot_channels[] = {"Google", "Facebook", "Baidu", "Apple"};
constexpr std::uint32_t hot_channel_count = 4;

class BidsStream final : public Stream {
 public:
  explicit BidsStream(std::uint64_t seed) : random_(seed) {
    for (std::uint32_t i = 0; i < hot_channel_count + channel_count; ++i) {
      std::string url = "https://www.nexmark.com/" + letters(5) + '/' + letters(5) + '/' + letters(5) + "/item.htm?query=1";
      if (i >= hot_channel_count && random_.below(10) > 0) url += "&channel_id=" + std::to_string(random_.below(1U << 30));
      urls_.push_back(std::move(url));
    }
  }

  [[nodiscard]] std::size_t max_event_bytes() const override { return 1024; }

  std::size_t write_event(char* out, std::int64_t now_ms) override {
    const std::int64_t person = first_id + sent_ / bids_per_person;
    const std::int64_t auction = first_id + sent_ / bids_per_person * auctions_per_person + auctions_per_person - 1;
    ++sent_;
    char* end = put(out, R"({"event_type":2,"person":null,"auction":null,"bid":{"auction":)");
    end = put_number(end, random_.below(2) == 0 ? hot(auction) : recent(auction, open_auctions));
    end = put(end, R"(,"bidder":)");
    end = put_number(end, random_.below(4) > 0 ? hot(person) + 1 : recent(person, active_persons));
    end = put(end, R"(,"price":)");
    end = put_number(end, price());
    end = put(end, R"(,"channel":")");
    const std::uint32_t channel = random_.below(2) == 0 ? random_.below(hot_channel_count)
                                                        : hot_channel_count + random_.below(channel_count);
    if (channel < hot_channel_count) {
      end = put(end, hot_channels[channel]);
    } else {
      end = put_number(put(end, "channel-"), channel - hot_channel_count);
    }
    end = put(put(end, R"(","url":")"), urls_[channel]);
    const std::int64_t early_ms = random_.below(10) == 0 ? random_.below(3'000) : 0;
    end = time_.put(put(end, R"(","dateTime":")"), std::max<std::int64_t>(0, now_ms - early_ms));
    end = put(end, R"(","extra":")");
    for (std::uint32_t left = 54 + random_.below(28); left > 0; --left) *end++ = letter();
    end = put(end, "\"}}");
    return static_cast<std::size_t>(end - out);
  }

  bool write_lookup(std::ostream&) const override { return false; }

 private:
  char letter() { return static_cast<char>('a' + random_.below(26)); }
  std::string letters(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += letter();
    return text;
  }
  static std::int64_t hot(std::int64_t last) { return last / hot_spacing * hot_spacing; }
  std::int64_t recent(std::int64_t last, std::int64_t count) {
    const std::int64_t oldest = std::max(first_id, last - count + 1);
    return oldest + random_.below(static_cast<std::uint32_t>(last - oldest + 1));
  }
  // From 100 to 100 million, as many in each power of ten.
  std::int64_t price() {
    const double power = 6.0 * random_.below(1'000'000) / 1e6;
    return std::llround(std::pow(10.0, power) * 100.0);
  }

  Random random_;
  std::vector<std::string> urls_;  // By channel.
  SecondText time_{"%Y-%m-%d %H:%M:%S."};
  std::int64_t sent_ = 0;
};

}  // namespace

std::unique_ptr<Stream> make_bids_stream(std::uint64_t seed) { return std::make_unique<BidsStream>(seed); }

}  // namespace tallymill::generate
