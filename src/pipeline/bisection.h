#pragma once

// Finding the record that Postgres refuses (rule R16): a refused batch is read again in halves,
// each committed on its own, until the piece that is still refused holds one record. That record
// then is a dead letter with reason `database`.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/batch.h"
#include "model/position.h"

namespace tallymill {

class Bisection {
 public:
  // True while some piece of a refused batch has not been committed.
  [[nodiscard]] bool active() const { return !pieces_.empty(); }

  // Tells that `batch` was refused: the first time a whole batch, later the current piece.
  // `blame_allowed` is false for time-outs, of which no single record is guilty.
  void refused(const Batch& batch, bool blame_allowed, std::string why);

  // True if the batch holds nothing but a record that was found guilty before.
  [[nodiscard]] bool exhausted(const Batch& batch) const;

  // Tells that the current piece was committed.
  void accepted();

  // Where the current piece ends in a partition that stands at `current`. REQUIRES: active().
  [[nodiscard]] Offset limit(const TopicPartition& where, Offset current) const;

  // Records found guilty so far, and what Postgres said of the last one.
  [[nodiscard]] const std::set<std::pair<TopicPartition, Offset>>& guilty() const {
    return guilty_;
  }
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  struct Span {
    Offset from;
    Offset to;
  };
  using Piece = std::map<TopicPartition, Span>;

  std::vector<Piece> pieces_;  // The current one last.
  std::set<std::pair<TopicPartition, Offset>> guilty_;
  std::string why_;
};

}  // namespace tallymill
