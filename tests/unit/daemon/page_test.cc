#include "daemon/page.h"

#include <regex>

#include "daemon/page_source.h"
#include "support/catch.h"

namespace tallymill {

TEST_CASE("a policy's hash is the base64 of SHA-256") {
  CHECK(policy_hash("") == "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  CHECK(policy_hash("abc") == "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST_CASE("the page allows its own style and script, and nothing else") {
  const HttpResponse page = status_page();
  CHECK(page.status == 200);
  CHECK(page.content_type == "text/html; charset=utf-8");
  const std::string& policy = page.security_policy;
  CHECK_THAT(policy, Catch::StartsWith("default-src 'none'; connect-src 'self';"));
  CHECK_THAT(policy, Catch::Contains("style-src '" + policy_hash(page_css) + "'"));
  CHECK_THAT(policy, Catch::Contains("script-src '" + policy_hash(page_js) + "'"));
  CHECK_THAT(policy, !Catch::Contains("unsafe"));
  CHECK_THAT(page.body, Catch::Contains(page_css) && Catch::Contains(page_js));
}

TEST_CASE("the page asks for nothing from elsewhere, and makes no markup of texts") {
  const std::string body = status_page().body;
  // The two names of vocabularies are no addresses that anybody asks.
  std::string rest = std::regex_replace(body, std::regex("http://www\\.w3\\.org/2000/svg"), "");
  CHECK_THAT(rest, !Catch::Contains("http:") && !Catch::Contains("https:") && !Catch::Contains("@import"));
  for (const char* way : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "url("}) {
    CAPTURE(way);
    CHECK_THAT(rest, !Catch::Contains(way));
  }
  CHECK_FALSE(std::regex_search(rest, std::regex("<[^>]*\\s(on[a-z]+|style)=")));
}

}  // namespace tallymill
