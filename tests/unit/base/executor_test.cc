#include "base/executor.h"

#include <pthread.h>

#include <atomic>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/manual_executor.h"

namespace tallymill {
namespace {

// Waits until everything posted before has run.
void wait_for(Executor& executor) {
  std::promise<void> reached;
  executor.post([&reached] { reached.set_value(); });
  reached.get_future().wait();
}

TEST_CASE("functions run one after the other, in the order in which they were posted, on one thread") {
  const auto executor = make_thread_executor("test");
  std::vector<int> order;
  std::set<std::thread::id> threads;
  for (int i = 0; i < 1000; ++i) {
    executor->post([&order, &threads, i] {
      order.push_back(i);
      threads.insert(std::this_thread::get_id());
    });
  }
  wait_for(*executor);
  REQUIRE(order.size() == 1000);
  for (int i = 0; i < 1000; ++i) REQUIRE(order[static_cast<std::size_t>(i)] == i);
  CHECK(threads.size() == 1);
  CHECK(threads.count(std::this_thread::get_id()) == 0);
}

TEST_CASE("any thread may post, and nothing that it posted is lost") {
  const auto executor = make_thread_executor("test");
  int ran = 0;  // Touched by the executor's thread only.
  std::vector<std::thread> posters;
  for (int i = 0; i < 4; ++i) {
    posters.emplace_back([&executor, &ran] {
      for (int one = 0; one < 500; ++one) executor->post([&ran] { ++ran; });
    });
  }
  for (std::thread& poster : posters) poster.join();
  wait_for(*executor);
  CHECK(ran == 2000);
}

TEST_CASE("a function may post another") {
  const auto executor = make_thread_executor("test");
  std::promise<std::string> second;
  executor->post([&executor, &second] {
    executor->post([&second] { second.set_value("ran"); });
  });
  CHECK(second.get_future().get() == "ran");
}

TEST_CASE("the end of an executor waits for the function that runs and forgets those that wait") {
  std::promise<void> started;
  std::promise<void> forgotten;
  bool first_ended = false;
  bool second_ran = false;
  {
    const auto executor = make_thread_executor("test");
    executor->post([&] {
      started.set_value();
      // Goes on only once the one behind it has been thrown away.
      forgotten.get_future().wait();
      first_ended = true;
    });
    std::shared_ptr<void> token(nullptr, [&forgotten](void*) { forgotten.set_value(); });
    executor->post([&second_ran, token = std::move(token)] { second_ran = true; });
    started.get_future().wait();
  }
  CHECK(first_ended);
  CHECK_FALSE(second_ran);
}

TEST_CASE("shares of an executor run on its one thread, in the order in which all was posted") {
  const auto whole = make_thread_executor("test");
  const auto one = share_executor(*whole);
  const auto other = share_executor(*whole);
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) (i % 3 == 0 ? one : other)->post([&order, i] { order.push_back(i); });
  wait_for(*whole);
  REQUIRE(order.size() == 100);
  for (int i = 0; i < 100; ++i) REQUIRE(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("the end of a share waits for its function that runs") {
  const auto whole = make_thread_executor("test");
  auto share = share_executor(*whole);
  std::promise<void> started;
  std::promise<void> go_on;
  std::atomic<bool> ended = false;
  share->post([&] {
    started.set_value();
    go_on.get_future().wait();
    ended = true;
  });
  started.get_future().wait();
  bool ended_first = false;
  std::thread ending([&] {
    share.reset();
    ended_first = ended;
  });
  go_on.set_value();
  ending.join();
  CHECK(ended_first);
}

TEST_CASE("the end of a share forgets what it posted, and nothing else") {
  testing::ManualExecutor whole;
  auto share = share_executor(whole);
  const auto other = share_executor(whole);
  bool ran = false;
  bool other_ran = false;
  share->post([&] { ran = true; });
  other->post([&] { other_ran = true; });
  share.reset();
  while (whole.run_one()) {
  }
  CHECK_FALSE(ran);
  CHECK(other_ran);
}

TEST_CASE("a thread is named, by as much of a name as the kernel takes") {
  for (const auto& [name, kept] : std::vector<std::pair<std::string, std::string>>{
           {"writer", "writer"}, {"a name of more than fifteen", "a name of more "}}) {
    const auto executor = make_thread_executor(name);
    std::string seen;
    executor->post([&seen] {
      char text[16] = {};
      pthread_getname_np(pthread_self(), text, sizeof text);
      seen = text;
    });
    wait_for(*executor);
    CHECK(seen == kept);
  }
}

}  // namespace
}  // namespace tallymill
