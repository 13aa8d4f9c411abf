#include "daemon/reload_desk.h"

#include "support/catch.h"

namespace tallymill {

namespace {
const WallTime noon{std::chrono::hours(12)};
}

TEST_CASE("nothing is due until somebody asks, and nothing more once it was answered") {
  ReloadDesk desk;
  CHECK_FALSE(desk.due());
  CHECK(desk.report().result == ReloadResult::none);
  desk.request();
  REQUIRE(desk.due() == 1);
  desk.answer(1, ReloadResult::applied, "fine\n", noon);
  CHECK_FALSE(desk.due());
  CHECK(desk.report().message == "fine\n");
  CHECK(desk.report().at == noon);
}

TEST_CASE("however often it is asked for during a reload, one more follows") {
  ReloadDesk desk;
  desk.request();
  const auto first = desk.due();
  for (int i = 0; i < 100; ++i) desk.request();
  desk.answer(*first, ReloadResult::applied, "", noon);
  const auto second = desk.due();
  REQUIRE(second);
  desk.answer(*second, ReloadResult::rejected, "", noon);
  CHECK_FALSE(desk.due());
}

TEST_CASE("whoever reads how many asked and then asks is answered by a reload that began after he read") {
  ReloadDesk desk;
  desk.request();
  const auto under_way = desk.due();
  const std::int64_t read = desk.report().requested;
  desk.request();
  desk.answer(*under_way, ReloadResult::rejected, "", noon);
  CHECK_FALSE(desk.report().answered > read);
  desk.answer(*desk.due(), ReloadResult::applied, "", noon);
  CHECK(desk.report().answered > read);
}

}  // namespace tallymill
