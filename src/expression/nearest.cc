#include "expression/nearest.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "expression/folded.h"

namespace tallymill::expression {
namespace {

// The number of single slips between two words; two swapped neighbours are one slip.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      bool same = folded(a[i - 1]) == folded(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      bool swapped = i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
                     folded(a[i - 2]) == folded(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
  constexpr std::size_t longest = 64;  // The cost grows with the product of the lengths.
  if (word.size() > longest) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (std::string_view candidate : candidates) {
    if (candidate.size() > longest) continue;
    std::size_t slips = distance(word, candidate);
    if (slips < best_distance) {
      best = candidate;
      best_distance = slips;
    }
  }
  return best;
}

std::string hint(std::string_view word, std::span<const std::string_view> candidates,
                 std::string_view otherwise) {
  if (const auto meant = nearest(word, candidates)) return "; did you mean " + std::string(*meant) + "?";
  std::string list;
  for (const std::string_view each : candidates) list += (list.empty() ? "" : ", ") + std::string(each);
  return "; " + std::string(otherwise) + " " + list;
}

}  // namespace tallymill::expression
