#include "base/failpoint.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <thread>

#include "base/log.h"

namespace tallymill {
namespace {

// Which actions a place can carry out besides dying and waiting.
enum class Can : std::uint8_t { nothing_else, fail };

struct Place {
  std::string_view name;
  Can can;
};

// In the order in which a process passes them. What each stands for is said where it is passed.
constexpr std::array places{
    Place{"start.config_read", Can::nothing_else},
    Place{"start.pg_connected", Can::fail},
    Place{"start.migrate_mid", Can::fail},
    Place{"assign.before_read", Can::nothing_else},
    Place{"ckpt.insert_before", Can::fail},
    Place{"ckpt.insert_after", Can::nothing_else},
    Place{"assign.after_read", Can::nothing_else},
    Place{"assign.after_seek", Can::nothing_else},
    Place{"msg.first", Can::nothing_else},
    Place{"agg.mid", Can::nothing_else},
    Place{"agg.full", Can::nothing_else},
    Place{"flush.begin", Can::nothing_else},
    Place{"tx.after_begin", Can::fail},
    Place{"tx.after_cas", Can::fail},
    Place{"tx.upsert_mid", Can::fail},
    Place{"tx.after_upsert", Can::fail},
    Place{"tx.dlq_mid", Can::fail},
    Place{"tx.before_commit_send", Can::fail},
    Place{"tx.after_commit_send", Can::fail},
    Place{"tx.after_commit_ack", Can::nothing_else},
    Place{"resolve.after_lock", Can::fail},
    Place{"state.before_clear", Can::nothing_else},
    Place{"kafka.commit_before", Can::nothing_else},
    Place{"kafka.commit_after", Can::nothing_else},
    Place{"state.after_clear", Can::nothing_else},
    Place{"close.begin", Can::nothing_else},
};

struct Action {
  enum class Kind : std::uint8_t { kill9, wait, fault };
  Kind kind = Kind::kill9;
  std::chrono::milliseconds wait{};
  Fault fault = Fault::none;
};

struct Armed {
  Armed(std::string_view name_, Action action_, std::int64_t hit_)
      : name(name_), action(action_), hit(hit_) {}
  std::string_view name;  // Of the table.
  Action action;
  std::int64_t hit;
  std::atomic<std::int64_t> passed{0};
};

// Filled before there are other threads; a deque, because an atomic does not move.
std::deque<Armed>& armed() {
  static std::deque<Armed> all;
  return all;
}

Error not_understood(std::string_view entry, const std::string& why) {
  return {Reaction::stop, "failpoints", "failpoint " + std::string(entry) + ": " + why};
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole && value > 0 ? std::optional(value) : std::nullopt;
}

// The number in "word(number)".
std::optional<std::int64_t> argument(std::string_view text, std::string_view word) {
  if (text.size() < word.size() + 2 || text.substr(0, word.size()) != word) return std::nullopt;
  if (text[word.size()] != '(' || text.back() != ')') return std::nullopt;
  return number(text.substr(word.size() + 1, text.size() - word.size() - 2));
}

std::optional<Action> parse_action(std::string_view text) {
  using Kind = Action::Kind;
  if (text == "kill9") return Action{Kind::kill9, {}, {}};
  if (text == "error") return Action{Kind::fault, {}, Fault::error};
  if (text == "close_pg") return Action{Kind::fault, {}, Fault::close_pg};
  if (const auto s = argument(text, "stop")) return Action{Kind::wait, std::chrono::seconds(*s), {}};
  if (const auto ms = argument(text, "sleep")) return Action{Kind::wait, std::chrono::milliseconds(*ms), {}};
  return std::nullopt;
}

std::string all_names() {
  std::string names;
  for (const Place& place : places) names += (names.empty() ? "" : ", ") + std::string(place.name);
  return names;
}

Result<void> arm_one(std::string_view entry) {
  const std::size_t equals = entry.find('=');
  const std::string_view name = entry.substr(0, equals);
  const auto place = std::find_if(places.begin(), places.end(),
                                  [&](const Place& one) { return one.name == name; });
  if (place == places.end()) return not_understood(entry, "no such place; there are " + all_names());
  std::string_view rest = equals == std::string_view::npos ? "" : entry.substr(equals + 1);
  std::int64_t hit = 1;
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    const auto given = number(rest.substr(at + 1));
    if (!given) return not_understood(entry, "after @ comes the number of the hit, 1 or more");
    hit = *given;
    rest = rest.substr(0, at);
  }
  const auto action = parse_action(rest);
  if (!action) {
    return not_understood(entry, "write name=action@n with kill9, stop(seconds), sleep(milliseconds), "
                                 "error or close_pg");
  }
  if (action->kind == Action::Kind::fault && place->can == Can::nothing_else) {
    return not_understood(entry, "this place can only kill9, stop or sleep");
  }
  armed().emplace_back(place->name, *action, hit);
  return {};
}

Fault carry_out(const Armed& one) {
  if (one.action.kind == Action::Kind::kill9) {
    // Nothing is flushed and nobody told: the process is gone as if the machine were.
    kill(getpid(), SIGKILL);
    pause();
  }
  log_warn("failpoint reached", {{"name", one.name}, {"hit", one.hit}});
  std::this_thread::sleep_for(one.action.wait);
  return one.action.fault;
}

}  // namespace

Result<void> arm_failpoints(std::string_view text) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    TRY(arm_one(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  detail::failpoints_armed = true;
  return {};
}

void disarm_failpoints() {
  detail::failpoints_armed = false;
  armed().clear();
}

Fault detail::pass_armed(std::string_view name) {
  Fault fault = Fault::none;
  for (Armed& one : armed()) {
    if (one.name == name && ++one.passed == one.hit) fault = carry_out(one);
  }
  return fault;
}

}  // namespace tallymill
