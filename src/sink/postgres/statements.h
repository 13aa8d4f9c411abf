#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "sink/postgres/connection.h"

namespace tallymill::postgres {

// What a statement of a batch's transaction is about: says what may be at fault when it fails.
struct Place {
  enum class Step : std::uint8_t {
    positions,  // The daemon's own rows: nothing in the batch's data can be at fault.
    rows,       // The users' tables.
    letters,    // Dead letters and gaps.
    commit,     // Deferred constraints and triggers are judged here.
  };
  Step step = Step::positions;
  std::size_t table = 0;  // Of Step::rows: which of the pipeline's.
  std::string doing;      // For messages, as Error::within() takes it; may be empty.
};

// Statements that are sent one behind the other while the server works on the first, so that a small
// transaction costs one round trip. Their answers are taken in order. After the first failure that is
// known, and it is the one that counts, nothing more is sent. Not thread-safe.
class Statements {
 public:
  // Judges an answer; what it refuses counts as a failure of its statement.
  using Check = std::function<Result<void>(const QueryResult&)>;

  // Each statement may take `timeout`, from when it is sent or the one before it was answered.
  // REQUIRES: the connection outlives it, and has no statement under way.
  Statements(Connection& connection, Duration timeout) : connection_(connection), timeout_(timeout) {}
  // Whoever leaves statements unanswered leaves their answers to whoever asks the connection next.
  ~Statements() = default;
  Statements(const Statements&) = delete;
  Statements& operator=(const Statements&) = delete;

  // What follows is about this.
  void enter(Place place) { place_ = std::move(place); }
  // Takes answers first where more would wait to be answered than fits into sockets' buffers. So the
  // server is never behind by more than one large statement, which has its own time: a process that was
  // cut off holds its locks no longer than that and the time-out for idle transactions.
  [[nodiscard]] Result<void> send(const std::string& sql, const Params& params, Check check = {});
  // Does this when all that was sent before has been answered well; what it refuses is a failure, too.
  [[nodiscard]] Result<void> then(std::function<Result<void>()> work);
  // Takes all answers. `sent` is what sending came to: a failure that was found here, at the place that
  // was entered last, counts behind those that the server found. Returns the first failure of all; more
  // may be sent if there is none.
  [[nodiscard]] Result<void> finish(const Result<void>& sent = {});
  // One more, with its answer, behind the answers of all that was sent before.
  [[nodiscard]] Result<QueryResult> query(const std::string& sql, const Params& params);

  // Where the first failure was.
  [[nodiscard]] const Place& failed_at() const { return failed_at_; }
  [[nodiscard]] Connection& connection() { return connection_; }

 private:
  struct Sent {
    Place place;
    Check check;
    std::size_t bytes = 0;
    std::function<Result<void>()> then;  // In place of a statement.
  };

  void take();
  void fail(const Place& place, const Error& error);
  [[nodiscard]] Result<void> standing() const;

  Connection& connection_;
  const Duration timeout_;
  Place place_;
  std::deque<Sent> sent_;
  std::size_t bytes_ = 0;
  std::optional<Error> failed_;
  Place failed_at_;
};

}  // namespace tallymill::postgres
