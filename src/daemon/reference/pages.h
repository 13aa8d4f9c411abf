#pragma once

// The pages of the reference, in Markdown: each is printed from the table that the program itself works
// with, so that it cannot tell anything else.

#include <string>
#include <string_view>

namespace tallymill::reference {

[[nodiscard]] std::string configuration_page();
[[nodiscard]] std::string functions_page();
[[nodiscard]] std::string aggregates_page();
[[nodiscard]] std::string metrics_page();
[[nodiscard]] std::string tables_page();
[[nodiscard]] std::string errors_page();
// What the page of errors says of a code that it does not list by itself: an SQLSTATE or a name of
// librdkafka's. Empty if it is neither.
[[nodiscard]] std::string foreign_code(std::string_view name);
[[nodiscard]] std::string exit_codes_page();
[[nodiscard]] std::string commands_page();

}  // namespace tallymill::reference
