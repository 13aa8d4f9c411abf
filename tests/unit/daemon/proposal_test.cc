#include "daemon/init/proposal.h"

#include <functional>
#include <string>

#include "support/catch.h"

namespace tallymill {
namespace {

// Of `count` documents, each made of its number.
Proposal proposed(int count, const std::function<std::string(int)>& document) {
  Survey survey(1 << 20);
  for (int i = 0; i < count; ++i) survey.add(document(i));
  return propose(survey.result());
}

// "a string, b decimal?": the fields in their order.
std::string types(const Proposal& proposal) {
  std::string text;
  for (const ProposedField& field : proposal.fields) {
    text += (text.empty() ? "" : ", ") + field.text + " " + std::string(to_string(field.type)) +
            (field.optional ? "?" : "");
  }
  return text;
}

std::string names(const Proposal& proposal, const std::vector<ProposedColumn>& columns) {
  std::string text;
  for (const ProposedColumn& column : columns) {
    text += (text.empty() ? "" : ", ") + column.name + " of " + proposal.fields[column.field].text;
  }
  return text;
}

std::string text_of(int i) { return std::to_string(i); }

std::string event_time_of(const std::string& document) {
  const Proposal proposal = proposed(3, [&](int) { return document; });
  return proposal.event_time ? proposal.fields[*proposal.event_time].text : "";
}

TEST_CASE("types follow from all values that were seen") {
  CHECK(types(proposed(1, [](int) {
          return R"({"s": "x", "i": 1, "d": 0.25, "f": 0.1234567, "e": 1e3, "b": false, "t": "2026-01-31T12:00:00Z"})";
        })) == "s string, i int, d decimal, f double, e double, b bool, t timestamp");
  CHECK(types(proposed(2, [](int i) { return i == 0 ? R"({"n": 1})" : R"({"n": 0.5})"; })) == "n decimal");
  CHECK(types(proposed(2, [](int i) { return i == 0 ? R"({"n": 1})" : R"({"n": "0.5"})"; })) == "n decimal");
  CHECK(types(proposed(1, [](int) { return R"({"n": 18446744073709551615})"; })) == "n decimal");
  // A double could not hold the first.
  CHECK(types(proposed(2, [](int i) { return i == 0 ? R"({"n": 9007199254740993})" : R"({"n": 0.12345678})"; })) ==
        "n decimal");
}

TEST_CASE("digits in strings are a number with a point, else they may be a code") {
  CHECK(types(proposed(1, [](int) { return R"({"cost": "0.50", "code": "404", "time": "1769860800000"})"; })) ==
        "cost decimal, code string, time timestamp");
}

TEST_CASE("a field that is missing or null in some is optional") {
  CHECK(types(proposed(2, [](int i) {
          return i == 0 ? R"({"a": 1, "b": null, "c": "x"})" : R"({"b": 2, "c": "y"})";
        })) == "a int?, b int?, c string");
}

TEST_CASE("what no field can be is left out, and the reason is given") {
  const Proposal proposal = proposed(2, [](int i) {
    return i == 0 ? R"({"a": [1], "b": 1, "c": null, "d": {"e": {"f": {}}}, "g": "\u0000", "h\ni": 1})"
                  : R"({"a": "x", "b": "x", "d": {"e": 1}, "g": "x", "h\ni": 1})";
  });
  CHECK(proposal.fields.empty());
  std::string text;
  for (const LeftOutField& field : proposal.left_out) text += field.name + ": " + field.why + "\n";
  CHECK(text ==
        "a: an array in 1 of 2 records\n"
        "b: text in 1, a number in 1 of 2 records\n"
        "c: null in 1 of 2 records\n"
        "d.e: a number in 1, an object in 1 of 2 records\n"
        "d.e.f: an object, nested too deep to be looked into\n"
        "g: a text with a NUL character in 1 of 2 records\n"
        "h\\x0Ai: a name that no expression can hold\n");
}

TEST_CASE("the event time is a time whose name speaks of one, and that all records have") {
  const std::string now = "1769860800000";
  const std::string text = "\"2026-01-31T12:00:00Z\"";
  CHECK(event_time_of("{\"ts\": " + now + ", \"event_time\": " + now + "}") == "event_time");
  CHECK(event_time_of("{\"expires_at\": " + text + ", \"ts\": " + now + "}") == "ts");
  CHECK(event_time_of("{\"seen\": " + text + ", \"ts\": \"" + now + "\"}") == "ts");
  CHECK(event_time_of("{\"meta\": {\"time\": " + text + "}, \"time\": " + text + "}") == "time");
  CHECK(event_time_of("{\"seen\": " + text + "}") == "seen");
  // An id may look like a time.
  CHECK(event_time_of("{\"serial\": " + now + "}").empty());
  CHECK(event_time_of("{\"time\": \"noon\"}").empty());
  const Proposal in_some = proposed(2, [&](int i) { return i == 0 ? "{\"time\": " + text + "}" : std::string("{}"); });
  CHECK_FALSE(in_some.event_time);
}

TEST_CASE("keys are at most two fields of few values, words before sentences") {
  const Proposal proposal = proposed(400, [](int i) {
    return R"({"user": "u)" + text_of(i) + R"(", "constant": "x", "message": "one of )" + text_of(i % 3) +
           R"(", "country": "c)" + text_of(i % 60) + R"(", "ok": )" + (i % 2 == 0 ? "true" : "false") +
           R"(, "eventType": "t)" + text_of(i % 4) + R"("})";
  });
  CHECK(names(proposal, proposal.group_by) == "event_type of eventType, country of country");
}

TEST_CASE("values of which each is new are no keys, however few there are") {
  const Proposal proposal = proposed(5, [](int i) { return R"({"user": "u)" + text_of(i) + R"("})"; });
  CHECK(proposal.group_by.empty());
}

TEST_CASE("sums are of numbers that are amounts") {
  const Proposal proposal = proposed(3, [](int i) {
    return R"({"user_id": )" + text_of(i) + R"(, "status": 200, "ts": 1769860800, "bytes": 7, "cost": "0.50", )" +
           R"("serial": 1769860800, "load": 0.123456789, "order": {"price": 1}})";
  });
  CHECK(names(proposal, proposal.sums) ==
        "total_bytes of bytes, total_cost of cost, total_load of load, total_order_price of order.price");
  const Proposal many = proposed(1, [](int) { return R"({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1})"; });
  CHECK(many.sums.size() == 5);
}

TEST_CASE("keys that become one name when they are made fit for Postgres are told apart") {
  const Proposal proposal = proposed(8, [](int i) {
    const std::string value = text_of(i % 2);
    return "{\"a b\": \"x" + value + "\", \"a-b\": \"y" + value + "\", \"n!\": 1, \"n?\": 2}";
  });
  CHECK(names(proposal, proposal.group_by) == "a_b of `a b`, a_b_2 of `a-b`");
  CHECK(names(proposal, proposal.sums) == "total_n of `n!`, total_n_2 of `n?`");
}

TEST_CASE("each field says where it was seen, and its values only if they are few") {
  const Proposal proposal = proposed(1000, [](int i) {
    const std::string type = i % 2 == 0 ? "view" : "click";
    const std::string country = "c" + text_of(i % 21);
    return "{\"type\": \"" + type + "\", \"country\": \"" + country + "\", \"user\": \"u" + text_of(i) + "\"" +
           (i < 998 ? ", \"cost\": \"0.50\"" : "") + (i == 5 ? ", \"ok\": null" : ", \"ok\": true") +
           ", \"odd\": \"\\u001b[31m\", \"time\": 1769860800000}";
  });
  std::string text;
  for (const ProposedField& field : proposal.fields) text += field.text + ": " + field.why + "\n";
  CHECK(text ==
        "type: in all 1000 records, 2 values: click, view\n"
        "country: in all 1000 records, 21 values\n"
        "user: in all 1000 records, more than 100 values\n"
        "cost: in 998 of 1000 records, written as text, up to 2 digits behind the point\n"
        "ok: in all 1000 records, null in 1, 1 value: true\n"
        "odd: in all 1000 records, 1 value: \\x1B[31m\n"
        "time: in all 1000 records, milliseconds since 1970\n");
}

TEST_CASE("long values and long lists of values are shortened, at a character's end") {
  const Proposal proposal = proposed(14, [](int i) {
    return "{\"k\": \"" + text_of(i % 7) + "\", \"l\": \"aäääääääääääääääääää\"}";
  });
  CHECK(proposal.fields[0].why == "in all 14 records, digits, 7 values: 0, 1, 2, 3, 4, ...");
  CHECK(proposal.fields[1].why == "in all 14 records, 1 value: aäääääääääää...");
}

}  // namespace
}  // namespace tallymill
