#include "daemon/init/names.h"

#include "config/identifier.h"

#include "support/catch.h"

namespace tallymill {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("a name is its words, however they are joined") {
  for (const char* name : {"event_time", "eventTime", "Event-Time", "EVENT TIME", "event.time", "EventTime"}) {
    CHECK(words_of(name) == Words{"event", "time"});
  }
  CHECK(words_of("HTTPStatus") == Words{"http", "status"});
  CHECK(words_of("utf8Text") == Words{"utf8", "text"});
  CHECK(words_of("größe") == Words{"gr", "e"});
  CHECK(words_of("").empty());
  CHECK(words_of("…").empty());
}

TEST_CASE("names speak of the event's time, of a time, of another's, or of none") {
  for (const char* name : {"event_time", "eventTimestamp", "occurred_at"}) CHECK(time_name(name) == TimeName::event);
  for (const char* name : {"time", "ts", "@timestamp", "createdAt", "date"}) CHECK(time_name(name) == TimeName::plain);
  for (const char* name : {"expires_at", "updatedAt", "birth_date"}) CHECK(time_name(name) == TimeName::another);
  for (const char* name : {"", "lifetime", "atlas", "amount", "flat"}) CHECK(time_name(name) == TimeName::none);
}

TEST_CASE("ids, codes and times are not added up") {
  for (const char* name : {"user_id", "userId", "ID", "status", "zip_code", "lat", "created_at", "port"}) {
    CHECK(names_no_amount(name));
  }
  for (const char* name : {"amount", "paid", "latency_ms", "bytes", "validity"}) CHECK_FALSE(names_no_amount(name));
}

TEST_CASE("every text makes a name that Postgres can have") {
  CHECK(made_name("ad-events", "events") == "ad_events");
  CHECK(made_name("userId", "field") == "user_id");
  CHECK(made_name("42", "field") == "field_42");
  CHECK(made_name("", "field") == "field");
  CHECK(made_name("日本", "field") == "field");
  for (const std::string& text : {std::string(500, 'x'), std::string("9") + std::string(500, '0')}) {
    CHECK(identifier_problem(made_name(text, "field")).empty());
    CHECK(made_name(text, "field").size() == longest_made_name);
  }
}

TEST_CASE("names of columns differ, also from those that are taken") {
  ColumnNames names;
  CHECK(names.take("a") == "a");
  CHECK(names.take("a") == "a_2");
  CHECK(names.take("a_2") == "a_2_2");
  CHECK(names.take("a") == "a_3");
  CHECK(names.take("events") == "events_2");
  CHECK(names.take("window_start") == "window_start_2");
  CHECK(names.take("ctid") == "ctid_2");
}

TEST_CASE("a field is written as expressions read it, or not at all") {
  CHECK(field_text({"a"}) == "a");
  CHECK(field_text({"user", "id"}) == "user.id");
  CHECK(field_text({"user", "first name"}) == "user[\"first name\"]");
  CHECK(field_text({"a.b"}) == "`a.b`");
  CHECK(field_text({"in"}) == "`in`");
  CHECK(field_text({"_timestamp"}) == "`_timestamp`");
  CHECK(field_text({"größe"}) == "`größe`");
  CHECK(field_text({"a", "say \"x\\\""}) == R"(a["say \"x\\\""])");
  for (const std::vector<std::string>& path : {std::vector<std::string>{""}, {"a`b"}, {"a\nb"}, {"a", "b\nc"}}) {
    CHECK(field_text(path).empty());
  }
}

TEST_CASE("a scalar of YAML is in quotes where it would be something else without") {
  for (const char* plain : {"a", "user.id", "ad-events", "sum(cost)", "_x"}) CHECK(yaml_text(plain) == plain);
  CHECK(yaml_text("") == "''");
  CHECK(yaml_text("no") == "'no'");
  CHECK(yaml_text("Null") == "'Null'");
  CHECK(yaml_text("1e3") == "'1e3'");
  CHECK(yaml_text("-x") == "'-x'");
  CHECK(yaml_text("`it's`") == "'`it''s`'");
  CHECK(yaml_text("`${X}`") == "'`${X}`'");
  CHECK(value_text("`${X}`") == "'`$${X}`'");
  CHECK(value_text("`$${X}`") == "'`$$${X}`'");
}

}  // namespace
}  // namespace tallymill
