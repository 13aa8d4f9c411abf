#include "daemon/page.h"

#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "base/sha256.h"
#include "daemon/page_source.h"

namespace tallymill {
namespace {

std::string base64(const Digest& digest) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < digest.size(); i += 3) {
    const std::size_t bytes = std::min<std::size_t>(digest.size() - i, 3);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (k < bytes ? std::to_integer<std::uint32_t>(digest[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= bytes ? letters[group >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

// Puts `text` where the document says so.
void place(std::string& document, std::string_view mark, std::string_view text) {
  const std::size_t at = document.find(mark);
  CHECK(at != std::string::npos, "the page has a place for its style and its script");
  document.replace(at, mark.size(), text);
}

HttpResponse made() {
  HttpResponse page;
  page.content_type = "text/html; charset=utf-8";
  page.body = page_html;
  place(page.body, "/* page.css */", page_css);
  place(page.body, "/* page.js */", page_js);
  page.security_policy = "default-src 'none'; connect-src 'self'; img-src data:; style-src '" +
                         policy_hash(page_css) + "'; script-src '" + policy_hash(page_js) +
                         "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return page;
}

}  // namespace

std::string policy_hash(std::string_view text) { return "sha256-" + base64(sha256(text)); }

HttpResponse status_page() {
  static const HttpResponse page = made();
  return page;
}

}  // namespace tallymill
