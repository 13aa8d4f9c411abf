#include "daemon/junit.h"

#include "support/catch.h"

namespace tallymill {

TEST_CASE("results are the XML that build servers read, whatever stands in them") {
  const std::string xml = junit_xml({{"a.test.yaml", {{"one", 0.25, ""}, {"<&\"\x1b", 0.5, "x: 1\n    y < 2\n"}}}});
  CHECK(xml ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"tallymill\" tests=\"2\" failures=\"1\" errors=\"0\" time=\"0.750\">\n"
        "  <testsuite name=\"a.test.yaml\" tests=\"2\" failures=\"1\" errors=\"0\" time=\"0.750\">\n"
        "    <testcase classname=\"a.test.yaml\" name=\"one\" time=\"0.250\"/>\n"
        "    <testcase classname=\"a.test.yaml\" name=\"&lt;&amp;&quot;\\x1B\" time=\"0.500\">\n"
        "      <failure message=\"x: 1\">x: 1\n    y &lt; 2\n</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
  CHECK(junit_xml({}).find("tests=\"0\"") != std::string::npos);
}

}  // namespace tallymill
