#pragma once

namespace tallymill {

// The files of src/daemon/page, as they are. Defined in a file that cmake/Page.cmake makes.
extern const char* const page_html;
extern const char* const page_css;
extern const char* const page_js;

}  // namespace tallymill
