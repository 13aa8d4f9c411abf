#include "daemon/reload_page.h"

#include <unistd.h>

#include "support/catch.h"

namespace tallymill {
namespace {

const ProcessIdentity somebody{17, 4711, "pid:[4026531836]"};
const ReloadReport rejected{3, 2, ReloadResult::rejected, "a.yaml:1:1: error: x\n    x: y\n    ^\n", {}};

}  // namespace

TEST_CASE("what the page tells is read as it was") {
  const auto page = read_reload_page(reload_page(somebody, rejected));
  REQUIRE(page);
  CHECK(page->process == somebody);
  CHECK(page->requested == 3);
  CHECK(page->answered == 2);
  CHECK(page->result == "rejected");
  CHECK(page->message == rejected.message);
  const auto before = read_reload_page(reload_page(somebody, {}));
  REQUIRE(before);
  CHECK(before->result == "none");
  CHECK(before->message.empty());
}

TEST_CASE("what is no such page is none, wherever it ends") {
  const std::string whole = reload_page(somebody, {});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(read_reload_page(whole.substr(0, size)));
  }
  CHECK_FALSE(read_reload_page("<html><body>not here</body></html>\n"));
  CHECK_FALSE(read_reload_page("pid many\nstarted 1\nspace x\nrequested 1\nanswered 1\nresult none\n\n"));
}

TEST_CASE("this process is found by its number, and is not another one") {
  const ProcessIdentity self = this_process();
  CHECK(self.pid == ::getpid());
  CHECK(self.started > 0);
  CHECK(self.space.starts_with("pid:["));
  CHECK(process_of(self.pid) == self);
  const auto parent = process_of(::getppid());
  REQUIRE(parent);
  CHECK_FALSE(*parent == self);
  CHECK_FALSE(process_of(std::int64_t{1} << 30));
}

}  // namespace tallymill
