#include "sink/postgres/postgres_presence.h"

#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "sink/postgres/beat.h"

namespace tallymill {
namespace {

using postgres::Beat;

class PostgresPresence final : public ProcessPresence {
 public:
  PostgresPresence(PostgresSpec spec, postgres::SecretResolver secrets)
      : transactions_(std::move(spec), std::move(secrets)) {}

  std::unique_ptr<Presence> of(const PipelineSpec& pipeline, postgres::Identity identity) override;

  // What the presence of each number does.
  void say(int number, const Heartbeat& heartbeat) {
    const std::lock_guard lock(mutex_);
    Member& member = members_.at(number);
    member.beat.heartbeat = heartbeat;
    member.said = true;
    member.heard.reset();
  }
  Result<Surroundings> hear(int number);
  void leave(int number) {
    if (!postgres::leave(transactions_, beat_of(number)).ok()) transactions_.disconnect();
  }
  void forget(int number) {
    const std::lock_guard lock(mutex_);
    members_.erase(number);
  }

 private:
  struct Member {
    Beat beat;
    bool said = false;  // And nobody took it along yet.
    std::optional<Result<Surroundings>> heard;
  };
  using Taken = std::map<std::string, int>;  // Pipeline to member.

  std::optional<Result<Surroundings>> take_heard(int number);
  std::vector<Beat> take_said(int first, Taken& taken);
  Beat beat_of(int number) {
    const std::lock_guard lock(mutex_);
    return members_.at(number).beat;
  }

  postgres::Transactions transactions_;  // Used by the thread of hear() and leave() alone.
  std::mutex mutex_;
  std::map<int, Member> members_;
  int next_number_ = 0;
};

class SharedPresence final : public Presence {
 public:
  SharedPresence(PostgresPresence& all, int number) : all_(all), number_(number) {}
  ~SharedPresence() override { all_.forget(number_); }
  SharedPresence(const SharedPresence&) = delete;
  SharedPresence& operator=(const SharedPresence&) = delete;

  void say(const Heartbeat& heartbeat) override { all_.say(number_, heartbeat); }
  Result<Surroundings> hear() override { return all_.hear(number_); }
  void leave() override { all_.leave(number_); }

 private:
  PostgresPresence& all_;
  const int number_;
};

std::unique_ptr<Presence> PostgresPresence::of(const PipelineSpec& pipeline, postgres::Identity identity) {
  const std::lock_guard lock(mutex_);
  const int number = next_number_++;
  members_[number].beat = {pipeline.name, pipeline.fingerprint, std::move(identity), {}};
  return std::make_unique<SharedPresence>(*this, number);
}

Result<Surroundings> PostgresPresence::hear(int number) {
  if (auto heard = take_heard(number)) return *std::move(heard);
  Taken taken;
  const std::vector<Beat> beats = take_said(number, taken);
  auto found = postgres::exchange(transactions_, beats);
  // The next beat looks for the primary anew.
  if (!found.ok()) transactions_.disconnect();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [pipeline, one] : taken) {
      const auto member = members_.find(one);
      // One that said something else meanwhile waits for the answer to that.
      if (member == members_.end() || member->second.said) continue;
      if (found.ok()) {
        member->second.heard = std::move(found->at(pipeline));
      } else {
        member->second.heard = found.error().within("telling the other instances");
      }
    }
  }
  auto heard = take_heard(number);
  CHECK(heard.has_value(), "a pipeline says nothing while it waits for an answer");
  return *std::move(heard);
}

std::optional<Result<Surroundings>> PostgresPresence::take_heard(int number) {
  const std::lock_guard lock(mutex_);
  return std::exchange(members_.at(number).heard, std::nullopt);
}

// Of each pipeline one: a process may be about to replace a pipeline by another of the same name.
std::vector<Beat> PostgresPresence::take_said(int first, Taken& taken) {
  const std::lock_guard lock(mutex_);
  taken.emplace(members_.at(first).beat.pipeline, first);
  for (const auto& [number, member] : members_) {
    if (member.said) taken.emplace(member.beat.pipeline, number);
  }
  std::vector<Beat> beats;
  for (const auto& [pipeline, number] : taken) {
    members_.at(number).said = false;
    beats.push_back(members_.at(number).beat);
  }
  return beats;
}

}  // namespace

std::unique_ptr<ProcessPresence> make_postgres_presence(PostgresSpec postgres,
                                                        postgres::SecretResolver secrets) {
  return std::make_unique<PostgresPresence>(std::move(postgres), std::move(secrets));
}

}  // namespace tallymill
