#include "pipeline/bisection.h"

#include <algorithm>

#include "base/check.h"

namespace tallymill {
namespace {

// After an accepted truncation a range may go backwards; it holds nothing to be put aside.
int128 width_of(Offset from, Offset to) { return std::max<int128>(0, to.value() - from.value()); }

}  // namespace

void Bisection::refused(const Batch& batch, bool blame_allowed, std::string why) {
  why_ = std::move(why);
  Piece whole;
  int128 span = 0;
  for (const BatchRange& range : batch.ranges) {
    whole[range.where] = {range.from, range.to};
    span += width_of(range.from, range.to);
  }
  if (!pieces_.empty()) pieces_.pop_back();
  if (batch.counts.read == 1 && blame_allowed) {
    for (const BatchRange& range : batch.ranges) {
      // The one record that was read is the last one of its partition; the others moved over
      // control records only.
      if (range.anchor && range.anchor->offset >= range.from) {
        guilty_.insert({range.where, range.anchor->offset});
      }
    }
    pieces_.push_back(std::move(whole));
    return;
  }
  if (span < 2 || batch.counts.read < 2) {
    pieces_.push_back(std::move(whole));
    return;
  }
  Piece first;
  Piece second;
  int128 left = span / 2;
  for (const auto& [where, range] : whole) {
    const int128 width = width_of(range.from, range.to);
    const int128 taken = std::min(width, left);
    left -= taken;
    const Offset middle(range.from.value() + taken);
    if (taken > 0) first[where] = {range.from, middle};
    if (taken < width) second[where] = {middle, range.to};
  }
  pieces_.push_back(std::move(second));
  pieces_.push_back(std::move(first));
}

bool Bisection::exhausted(const Batch& batch) const {
  if (batch.counts.read != 1) return false;
  return std::any_of(batch.ranges.begin(), batch.ranges.end(), [this](const BatchRange& range) {
    return range.anchor && range.anchor->offset >= range.from &&
           guilty_.contains({range.where, range.anchor->offset});
  });
}

void Bisection::accepted() {
  CHECK(active(), "a piece is accepted only while a batch is being bisected");
  pieces_.pop_back();
  if (pieces_.empty()) guilty_.clear();
}

Offset Bisection::limit(const TopicPartition& where, Offset current) const {
  const Piece& piece = pieces_.back();
  const auto found = piece.find(where);
  return found == piece.end() ? current : std::max(current, found->second.to);
}

}  // namespace tallymill
