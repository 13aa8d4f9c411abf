#include "expression/doubts.h"

#include <string_view>

#include "support/catch.h"

namespace tallymill::expression {
namespace {

struct Pair {
  std::string_view written;
  std::string_view meant;
};

TEST_CASE("a name with one slip of the pen is taken for a slip") {
  const Pair pairs[] = {
      {"event_typ", "event_type"},   {"evnt_type", "event_type"},  {"event_typee", "event_type"},
      {"event_tpye", "event_type"},  {"campeign", "campaign"}, {"eventType", "event_type"},
      {"eventtype", "event_type"},   {"Event_Type", "event_type"}, {"userid", "userId"},
      {"campaigns", "campaign"},     {"campaing", "campaign"},     {"uesrId", "userId"},
      {"price_totl2", "price_total2"},
  };
  for (const Pair& pair : pairs) {
    INFO(pair.written << " " << pair.meant);
    CHECK(is_slip(pair.written, pair.meant));
  }
}

TEST_CASE("names that mean two things are no slips of each other") {
  const Pair pairs[] = {
      {"user_id", "user_id"},   {"user_ip", "user_id"},    {"userIp", "userId"},   {"id", "ip"},
      {"rate", "date"},         {"sent", "send"},          {"price1", "price2"},   {"price", "price2"},
      {"utf16", "utf8"},        {"min_cost", "max_cost"},  {"src_host", "dst_host"}, {"lat", "lon"},
      {"ad", "add"},            {"ad_id", "add_id"},       {"x", "xy"},            {"clicks", "views"},
      {"cost_eur", "cost_usd"}, {"event_name", "event_type"},
  };
  for (const Pair& pair : pairs) {
    INFO(pair.written << " " << pair.meant);
    CHECK_FALSE(is_slip(pair.written, pair.meant));
    CHECK_FALSE(is_slip(pair.meant, pair.written));
  }
}

}  // namespace
}  // namespace tallymill::expression
