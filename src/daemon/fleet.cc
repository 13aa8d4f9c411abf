#include "daemon/fleet.h"

#include <algorithm>
#include <utility>

namespace tallymill {
namespace {

// So that whoever waits for a pipeline's end feeds the watchdog meanwhile.
constexpr auto look_round = std::chrono::seconds(1);

}  // namespace

bool is_refusal(const Error& failure) { return failure.code() == "config_changed"; }

Fleet::Fleet(WatchdogFeed& watchdog, std::function<void()> ended)
    : watchdog_(watchdog), ended_(std::move(ended)) {}

Fleet::~Fleet() {
  request_stop();
  for (auto& [name, member] : members_) {
    if (member.thread.joinable()) member.thread.join();
  }
}

void Fleet::add(const std::string& name, std::shared_ptr<const Spec> spec,
                std::unique_ptr<BuiltPipeline> pipeline, const MemoryShares& memory) {
  const std::lock_guard lock(mutex_);
  Member& member = members_[name];
  member.spec = std::move(spec);
  member.pipeline = std::move(pipeline);
  member.memory = memory;
}

void Fleet::begin() {
  const std::lock_guard lock(mutex_);
  for (auto& [name, member] : members_) {
    if (member.thread.joinable()) continue;
    if (stopping_) member.pipeline->request_stop(Leaving::for_good);
    member.thread = std::thread([this, &member = member] { run(member); });
  }
}

void Fleet::run(Member& member) {
  {
    // Nobody but this thread ends it.
    BuiltPipeline& pipeline = *member.pipeline;
    WatchdogFeed::Member moving(watchdog_);
    bool settled = false;
    pipeline.run([&] {
      moving.moved();
      if (settled || pipeline.state() == PipelineState::starting) return;
      settled = true;
      note_settled(member);
    });
  }
  end(member);
}

void Fleet::note_settled(Member& member) {
  {
    const std::lock_guard lock(mutex_);
    member.settled = true;
  }
  changed_.notify_all();
}

void Fleet::end(Member& member) {
  std::unique_ptr<BuiltPipeline> over;
  bool refused = false;
  {
    const std::lock_guard lock(mutex_);
    member.last = member.pipeline->status();
    member.last_history = member.pipeline->history();
    member.failure = member.pipeline->failure();
    refused = member.failure && is_refusal(*member.failure) && !member.retiring;
    over = std::move(member.pipeline);
  }
  // With half of its pipelines it would look deployed; whoever deploys it shall see that it is not.
  if (refused) request_stop();
  over.reset();  // Waits for its last statement.
  {
    const std::lock_guard lock(mutex_);
    member.gone = true;
  }
  changed_.notify_all();
  ended_();
}

void Fleet::retire(const std::map<std::string, Leaving>& names) {
  std::vector<Member*> leaving;
  std::unique_lock lock(mutex_);
  for (const auto& [name, how] : names) {
    Member& member = members_.at(name);
    member.retiring = true;
    if (member.pipeline) member.pipeline->request_stop(stopping_ ? Leaving::for_good : how);
    leaving.push_back(&member);
  }
  WatchdogFeed::Member waiting(watchdog_);
  const auto all_gone = [&leaving] {
    return std::all_of(leaving.begin(), leaving.end(), [](const Member* one) { return one->gone; });
  };
  while (!changed_.wait_for(lock, look_round, all_gone)) {
    lock.unlock();
    waiting.moved();
    lock.lock();
  }
  lock.unlock();
  for (Member* one : leaving) one->thread.join();
  lock.lock();
  for (const auto& [name, how] : names) members_.erase(name);
}

void Fleet::settle(const std::vector<std::string>& names, Duration longest) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, longest, [&] {
    return stopping_ || std::all_of(names.begin(), names.end(), [this](const std::string& name) {
             const Member& member = members_.at(name);
             return member.settled || member.gone;
           });
  });
}

void Fleet::request_stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& [name, member] : members_) {
      if (member.pipeline) member.pipeline->request_stop(Leaving::for_good);
    }
  }
  changed_.notify_all();
}

bool Fleet::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

bool Fleet::running() const {
  const std::lock_guard lock(mutex_);
  return std::any_of(members_.begin(), members_.end(), [](const auto& one) { return !one.second.gone; });
}

MemoryShares Fleet::memory_of(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return members_.at(name).memory;
}

void Fleet::share(const std::string& name, const MemoryShares& memory) {
  const std::lock_guard lock(mutex_);
  Member& member = members_.at(name);
  member.memory = memory;
  if (member.pipeline) member.pipeline->share(memory);
}

std::vector<PipelineStatus> Fleet::statuses() const {
  const std::lock_guard lock(mutex_);
  std::vector<PipelineStatus> all;
  for (const auto& [name, member] : members_) {
    all.push_back(member.pipeline ? member.pipeline->status() : member.last);
  }
  return all;
}

std::optional<HistoryView> Fleet::history(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto member = members_.find(name);
  if (member == members_.end()) return std::nullopt;
  return member->second.pipeline ? member->second.pipeline->history() : member->second.last_history;
}

std::vector<Error> Fleet::failures() const {
  const std::lock_guard lock(mutex_);
  std::vector<Error> all;
  for (const auto& [name, member] : members_) {
    if (member.failure) all.push_back(*member.failure);
  }
  return all;
}

}  // namespace tallymill
