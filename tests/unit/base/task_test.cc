#include "base/task.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "support/catch.h"
#include "support/manual_executor.h"

namespace tallymill {
namespace {

using testing::ManualExecutor;

TEST_CASE("a task is busy from its start until its result is taken, which is once") {
  ManualExecutor executor;
  Task<std::string> task;
  CHECK_FALSE(task.busy());
  CHECK_FALSE(task.take());
  task.start(executor, [] { return std::string("done"); }, [] {});
  CHECK(task.busy());
  CHECK_FALSE(task.take());
  CHECK(task.busy());
  REQUIRE(executor.run_one());
  CHECK(task.busy());
  CHECK(task.take() == "done");
  CHECK_FALSE(task.busy());
  CHECK_FALSE(task.take());
}

TEST_CASE("whoever is told that a task is done can take its result") {
  ManualExecutor executor;
  Task<int> task;
  std::optional<int> taken;
  int told = 0;
  task.start(executor, [] { return 7; }, [&] {
    ++told;
    taken = task.take();
  });
  CHECK(told == 0);
  executor.run_one();
  CHECK(told == 1);
  CHECK(taken == 7);
}

TEST_CASE("a task can be started again once its result was taken") {
  ManualExecutor executor;
  Task<int> task;
  for (int i = 0; i < 3; ++i) {
    task.start(executor, [i] { return i; }, [] {});
    executor.run_one();
    CHECK(task.take() == i);
  }
}

TEST_CASE("the result of an abandoned function is never taken for that of the next") {
  ManualExecutor executor;
  Task<int> task;
  task.start(executor, [] { return 1; }, [] {});
  task.abandon();
  CHECK_FALSE(task.busy());
  task.start(executor, [] { return 2; }, [] {});
  REQUIRE(executor.run_one());
  CHECK_FALSE(task.take());
  CHECK(task.busy());
  REQUIRE(executor.run_one());
  CHECK(task.take() == 2);
}

TEST_CASE("an abandoned function still runs, before anything that was posted later") {
  ManualExecutor executor;
  Task<int> task;
  std::string order;
  task.start(executor, [&order] { order += "a"; return 1; }, [&order] { order += "b"; });
  task.abandon();
  executor.post([&order] { order += "c"; });
  while (executor.run_one()) {
  }
  CHECK(order == "abc");
}

TEST_CASE("a task may go before its function has run") {
  ManualExecutor executor;
  const auto result = std::make_shared<int>(7);
  {
    Task<std::shared_ptr<int>> task;
    task.start(executor, [result] { return result; }, [] {});
  }
  REQUIRE(executor.run_one());
  CHECK(result.use_count() == 1);
}

TEST_CASE("a result that can only be moved is handed over") {
  ManualExecutor executor;
  Task<std::unique_ptr<int>> task;
  task.start(executor, [] { return std::make_unique<int>(7); }, [] {});
  executor.run_one();
  CHECK(**task.take() == 7);
}

TEST_CASE("a result reaches the thread that started the task") {
  Task<std::string> task;
  std::optional<std::string> taken;
  std::mutex mutex;
  std::condition_variable changed;
  bool told = false;
  const auto executor = make_thread_executor("test");
  task.start(*executor, [] { return std::string(1000, 'x'); }, [&] {
    const std::lock_guard lock(mutex);
    told = true;
    changed.notify_one();
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&told] { return told; });
  CHECK(task.take() == std::string(1000, 'x'));
}

}  // namespace
}  // namespace tallymill
