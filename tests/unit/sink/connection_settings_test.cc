#include "sink/postgres/connection_settings.h"

#include "support/catch.h"

namespace tallymill::postgres {
namespace {

Result<std::vector<Keywords>> attempts(const std::string& dsn) {
  return connection_attempts(Secret(dsn), std::nullopt);
}

}  // namespace

TEST_CASE("a URI and a list of keywords come to the same settings") {
  const auto uri = attempts("postgresql://app:p%40ss@db.example:6432/ads?sslmode=require");
  const auto list = attempts("host=db.example port=6432 user=app password='p@ss' dbname=ads sslmode=require");
  REQUIRE(uri.ok());
  REQUIRE(list.ok());
  CHECK(*uri == *list);
  CHECK(uri->front().at("password") == "p@ss");
}

TEST_CASE("what the rules need is filled in, and what was asked for stays") {
  const auto made = attempts("host=db tcp_user_timeout=500 application_name=mine");
  REQUIRE(made.ok());
  CHECK(made->front().at("tcp_user_timeout") == "500");
  CHECK(made->front().at("application_name") == "mine");
  CHECK(made->front().at("target_session_attrs") == "read-write");
  CHECK(made->front().at("client_encoding") == "UTF8");
}

TEST_CASE("a password of its own stands in for the DSN's") {
  const auto made = connection_attempts(Secret("host=db password=old"), Secret("new"));
  REQUIRE(made.ok());
  CHECK(made->front().at("password") == "new");
}

TEST_CASE("each host is an attempt of its own, with its port") {
  const auto two = attempts("postgresql://a:1,b:2/ads");
  REQUIRE(two.ok());
  REQUIRE(two->size() == 2);
  CHECK((*two)[0].at("host") == "a");
  CHECK((*two)[0].at("port") == "1");
  CHECK((*two)[1].at("host") == "b");
  CHECK((*two)[1].at("port") == "2");

  const auto shared = attempts("host=a,b,c port=6000");
  REQUIRE(shared.ok());
  REQUIRE(shared->size() == 3);
  CHECK((*shared)[2].at("port") == "6000");

  CHECK_FALSE(attempts("host=a,b,c port=1,2").ok());
}

TEST_CASE("no part of a password that was not encoded comes up in a message") {
  const std::string secret = "hunter2";
  for (const std::string& dsn : std::vector<std::string>{
         "postgresql://app:a@" + secret + "@127.0.0.1:1/ads",
         "postgresql://app:a/" + secret + "@127.0.0.1/ads",
         "postgresql://app:1/" + secret + "@127.0.0.1/ads",
         "postgresql://app:a?" + secret + "@127.0.0.1/ads",
         "postgresql://app:a#" + secret + "@127.0.0.1/ads",
         "postgresql://app:" + secret + "%zz@127.0.0.1/ads",
         "host=db password=my " + secret,
         "host=db port=" + secret,
         "host=db keepalives=" + secret,
         "host=db sslmode=" + secret,
         "hots=db password=" + secret,
         "postgresql://db/ads?passwort=" + secret,
         secret,
       }) {
    CAPTURE(dsn);
    const auto made = attempts(dsn);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().reaction() == Reaction::stop);
    CHECK(made.error().message().find(secret) == std::string::npos);
  }
}

TEST_CASE("a keyword with a slip in it is answered with the one that was meant") {
  const auto message = [](const std::string& dsn) { return attempts(dsn).error().message(); };
  CHECK(message("hots=db dbname=ads").ends_with("; did you mean host=?"));
  CHECK(message("postgresql://db/ads?ssl_mode=require").ends_with("; did you mean sslmode=?"));
  CHECK(message("dbname=ads colour=blue").ends_with("single quotes"));
}

}  // namespace tallymill::postgres
