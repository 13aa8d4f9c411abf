#include "sink/postgres/statements.h"

#include <utility>

namespace tallymill::postgres {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 10;

}  // namespace

Result<void> Statements::send(const std::string& sql, const Params& params, Check check) {
  while (!sent_.empty() && bytes_ + params.bytes() > most_bytes) take();
  TRY(standing());
  if (auto sent = connection_.send(sql, params, timeout_); !sent.ok()) {
    sent_.clear();  // The connection is gone, and the answers with it.
    fail(place_, sent.error());
    return standing();
  }
  sent_.push_back({place_, std::move(check), params.bytes(), {}});
  bytes_ += params.bytes();
  return {};
}

Result<void> Statements::then(std::function<Result<void>()> work) {
  TRY(standing());
  sent_.push_back({place_, {}, 0, std::move(work)});
  return {};
}

Result<void> Statements::finish(const Result<void>& sent) {
  while (!sent_.empty()) take();
  if (!sent.ok()) fail(place_, sent.error());
  return standing();
}

Result<QueryResult> Statements::query(const std::string& sql, const Params& params) {
  TRY(finish());
  auto answer = connection_.query(sql, params, timeout_);
  if (answer.ok()) return answer;
  fail(place_, answer.error());
  return *failed_;
}

void Statements::take() {
  const Sent sent = std::move(sent_.front());
  sent_.pop_front();
  bytes_ -= sent.bytes;
  if (sent.then) {
    if (failed_) return;
    if (const auto done = sent.then(); !done.ok()) fail(sent.place, done.error());
    return;
  }
  const auto answer = connection_.receive();
  if (!answer.ok()) {
    fail(sent.place, answer.error());
    if (!connection_.alive()) sent_.clear();
    return;
  }
  // An answer to what came behind a failure says nothing.
  if (failed_ || !sent.check) return;
  if (const auto checked = sent.check(*answer); !checked.ok()) fail(sent.place, checked.error());
}

void Statements::fail(const Place& place, const Error& error) {
  if (failed_) return;
  failed_ = place.doing.empty() ? error : error.within(place.doing);
  failed_at_ = place;
}

Result<void> Statements::standing() const {
  if (failed_) return *failed_;
  return {};
}

}  // namespace tallymill::postgres
