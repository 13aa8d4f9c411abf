// A process that dies at any point of a commit, and the one that follows it.

#include "support/process.h"

#include "support/catch.h"

namespace tallymill::testing {

using namespace std::chrono_literals;

namespace {

// Dies after `rounds` single steps of everything, with that fate of every commit.
void live_and_die(World& world, const std::string& session, int rounds, Fate fate) {
  Process process(world, session);
  process.store.next_fate = [fate] { return fate; };
  for (int i = 0; i < rounds; ++i) {
    switch (i % 4) {
      case 0: process.step(); break;
      case 1: process.writer.run_one(); break;
      case 2: process.inquiries.run_one(); break;
      default: process.fold();
    }
    world.clock.advance(700ms);
  }
}

}  // namespace

TEST_CASE("whatever a killed process was doing, the next one counts each record once") {
  const auto fate = GENERATE(Fate::normal, Fate::fail_before, Fate::lose_before, Fate::lose_after);
  for (int rounds = 0; rounds < 80; ++rounds) {
    CAPTURE(static_cast<int>(fate), rounds);
    World world;
    world.cluster.create("events", 2);
    world.send(10, "a", 0);
    world.send(5, "b", 1);
    live_and_die(world, "s1", rounds, fate);
    world.send(3, "a", 1);
    Process next(world, "s2");
    next.run(30s, 500ms);
    CHECK(world.count("a") == 13);
    CHECK(world.count("b") == 5);
    CHECK(world.next_offset(0) == 10);
    CHECK(world.next_offset(1) == 8);
  }
}

TEST_CASE("a hundred processes that die one after the other count each record once") {
  World world;
  world.cluster.create("events", 3);
  int sent = 0;
  for (int i = 0; i < 100; ++i) {
    world.send(7, "k" + std::to_string(i % 5), static_cast<std::size_t>(i % 3));
    sent += 7;
    const Fate fate = std::array{Fate::normal, Fate::lose_after, Fate::lose_before}.at(
        static_cast<std::size_t>(i % 3));
    live_and_die(world, "s" + std::to_string(i), 5 + i % 60, fate);
  }
  Process last(world, "last");
  last.run(30s, 500ms);
  CHECK(world.total() == sent);
}

}  // namespace tallymill::testing
