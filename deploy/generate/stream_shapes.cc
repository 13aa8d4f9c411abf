#include "stream_shapes.h"

#include <algorithm>
#include <string>
#include <vector>

#include "random.h"
#include "text.h"

namespace tallymill::generate {
namespace {

constexpr std::size_t longest_number = 20;
constexpr std::size_t word_bytes = 8;
constexpr std::uint32_t word_count = 1'000;

class ShapesStream final : public Stream {
 public:
  ShapesStream(std::uint64_t seed, const Shape& shape) : random_(seed), shape_(shape) {
    for (std::uint32_t i = 0; i < word_count; ++i) {
      std::string word(word_bytes, ' ');
      for (char& letter : word) letter = static_cast<char>('a' + random_.below(26));
      words_.push_back(word);
    }
    std::size_t used = 2 * (longest_number / 2) + std::string_view("{\"id\": , \"amount\": }").size();
    for (std::int64_t i = 1; i <= shape.fields - 2; ++i) {
      names_.push_back(", \"text_" + std::to_string(i) + "\": \"");
      used += names_.back().size() + 1;
    }
    const auto wanted = static_cast<std::size_t>(shape.bytes);
    words_per_text_ = std::max<std::size_t>(1, wanted <= used ? 0 : (wanted - used) / names_.size() / word_bytes);
    max_event_bytes_ = used + 2 * longest_number + names_.size() * words_per_text_ * word_bytes;
  }

  [[nodiscard]] std::size_t max_event_bytes() const override { return max_event_bytes_; }

  std::size_t write_event(char* out, std::int64_t) override {
    char* end = put_number(put(out, "{\"id\": "), id_);
    end = put(end, ", \"amount\": ");
    end = broken() ? put(end, "\"none\"") : put_number(end, id_ % 1'000);
    for (const std::string& name : names_) {
      end = put(end, name);
      for (std::size_t i = 0; i < words_per_text_; ++i) end = put(end, words_[random_.below(word_count)]);
      *end++ = '"';
    }
    *end++ = '}';
    ++id_;
    return static_cast<std::size_t>(end - out);
  }

  bool write_lookup(std::ostream&) const override { return false; }

 private:
  [[nodiscard]] bool broken() const { return shape_.broken_every > 0 && id_ % shape_.broken_every == 0; }

  Random random_;
  const Shape shape_;
  std::vector<std::string> words_;
  std::vector<std::string> names_;  // With the text around them.
  std::size_t words_per_text_ = 0;
  std::size_t max_event_bytes_ = 0;
  std::int64_t id_ = 0;
};

}  // namespace

std::unique_ptr<Stream> make_shapes_stream(std::uint64_t seed, const Shape& shape) {
  return std::make_unique<ShapesStream>(seed, shape);
}

}  // namespace tallymill::generate
