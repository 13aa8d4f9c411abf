# tallymill_layer(name DEPENDS layers... VENDORS targets...)
#
# One static library from all sources of src/<name>/, found by glob, so that a new file needs no
# edit here. What it may include is checked by tests/layers; what it may link to is said here.
function(tallymill_layer name)
  cmake_parse_arguments(LAYER "" "" "DEPENDS;VENDORS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  list(TRANSFORM LAYER_DEPENDS PREPEND tallymill_)
  if(sources)
    add_library(tallymill_${name} STATIC ${sources})
    target_include_directories(tallymill_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(tallymill_${name} PUBLIC ${LAYER_DEPENDS} Threads::Threads PRIVATE ${LAYER_VENDORS})
  else()
    add_library(tallymill_${name} INTERFACE)
    target_include_directories(tallymill_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(tallymill_${name} INTERFACE ${LAYER_DEPENDS} ${LAYER_VENDORS})
  endif()
endfunction()
