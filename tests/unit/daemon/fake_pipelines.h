#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/built_pipeline.h"

namespace tallymill::testing {

// What pipelines do that do nothing, and what a test makes them do. Outlives them; thread-safe.
class FakePipelines {
 public:
  struct Levers {
    PipelineState state = PipelineState::running;
    std::string detail;
    std::optional<Error> failure;
    bool may_end = true;  // Once it was asked to stop.
    bool ends = false;    // By itself.
  };

  void set(const std::string& name, Levers levers) {
    const std::lock_guard lock(mutex_);
    levers_[name] = std::move(levers);
    ++version_;
    changed_.notify_all();
  }
  void tell(const std::string& event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
    changed_.notify_all();
  }
  // All events so far, once this one is among them.
  std::vector<std::string> wait_for(const std::string& event) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return index_of(event) < events_.size(); });
    return events_;
  }
  std::vector<std::string> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  void forget_events() {
    const std::lock_guard lock(mutex_);
    events_.clear();
  }
  // Whether one happened before another; both did.
  bool in_order(const std::string& first, const std::string& second) {
    const std::lock_guard lock(mutex_);
    return index_of(first) < index_of(second) && index_of(second) < events_.size();
  }
  MemoryShares memory_of(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return memory_[name];
  }

  std::unique_ptr<BuiltPipeline> make(const std::string& name) {
    tell("build " + name);
    return std::make_unique<One>(*this, name);
  }

 private:
  class One final : public BuiltPipeline {
   public:
    One(FakePipelines& all, std::string name) : all_(all), name_(std::move(name)) {}
    ~One() override { all_.tell("gone " + name_); }

    void run(const std::function<void()>& moved) override {
      all_.tell("begin " + name_);
      std::unique_lock lock(all_.mutex_);
      for (;;) {
        const int seen = all_.version_;
        lock.unlock();
        moved();
        lock.lock();
        Levers& levers = all_.levers_[name_];
        if (levers.ends || (asked_ && levers.may_end)) break;
        all_.changed_.wait(lock, [&] { return all_.version_ != seen; });
      }
      lock.unlock();
      all_.tell("end " + name_);
    }
    void request_stop(Leaving leaving) override {
      all_.tell((leaving == Leaving::for_good ? "stop " : "exchange ") + name_);
      const std::lock_guard lock(all_.mutex_);
      asked_ = true;
      ++all_.version_;
      all_.changed_.notify_all();
    }
    std::optional<Error> failure() const override {
      const std::lock_guard lock(all_.mutex_);
      return all_.levers_[name_].failure;
    }
    PipelineStatus status() const override {
      const std::lock_guard lock(all_.mutex_);
      PipelineStatus status;
      status.name = name_;
      status.state = all_.levers_[name_].state;
      status.detail = all_.levers_[name_].detail;
      return status;
    }
    PipelineState state() const override { return status().state; }
    HistoryView history() const override {
      HistoryView history;
      history.troubles.emplace_back().message = status().detail;
      return history;
    }
    void share(const MemoryShares& memory) override {
      {
        const std::lock_guard lock(all_.mutex_);
        all_.memory_[name_] = memory;
      }
      all_.tell("share " + name_);
    }

   private:
    FakePipelines& all_;
    const std::string name_;
    bool asked_ = false;  // Guarded by the mutex of all.
  };

  std::size_t index_of(const std::string& event) const {
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (events_[i] == event) return i;
    }
    return events_.size();
  }

  std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  std::map<std::string, Levers> levers_;
  std::map<std::string, MemoryShares> memory_;
  std::vector<std::string> events_;
  int version_ = 0;  // Of what makes pipelines go on: levers, and requests.
};

}  // namespace tallymill::testing
