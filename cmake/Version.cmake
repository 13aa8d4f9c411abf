# The version and commit that `tallymill --version` shows. -DTALLYMILL_COMMIT says it where there is
# no repository, as in an image's build.

if(NOT TALLYMILL_COMMIT)
  execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} rev-parse --short HEAD
                  OUTPUT_VARIABLE TALLYMILL_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT TALLYMILL_COMMIT)
  set(TALLYMILL_COMMIT "unknown")
endif()
set(version_source ${CMAKE_BINARY_DIR}/generated/version.cc)
configure_file(${CMAKE_SOURCE_DIR}/cmake/version.cc.in ${version_source} @ONLY)
