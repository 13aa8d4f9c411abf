# The status page: the files of src/daemon/page become texts of the program.

set(page_folder ${CMAKE_SOURCE_DIR}/src/daemon/page)
set(page_scripts elements.js charts.js overview.js detail.js refresh.js)  # In this order one script.
file(READ ${page_folder}/page.html page_html)
file(READ ${page_folder}/page.css page_css)
set(page_js "")
foreach(script ${page_scripts})
  file(READ ${page_folder}/${script} text)
  string(APPEND page_js "${text}")
endforeach()
list(TRANSFORM page_scripts PREPEND ${page_folder}/ OUTPUT_VARIABLE page_files)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${page_files} ${page_folder}/page.html ${page_folder}/page.css)
set(page_source ${CMAKE_BINARY_DIR}/generated/page_source.cc)
configure_file(${CMAKE_SOURCE_DIR}/cmake/page_source.cc.in ${page_source} @ONLY)
