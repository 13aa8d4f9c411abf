# The libraries that the project is built on. Each is linked to the one layer that names it.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(date REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(microhttpd REQUIRED IMPORTED_TARGET libmicrohttpd)

# librdkafka below 2.13.2 loses or doubles messages around seeks; deploy/install builds a newer one
# where the system's own is too old.
set(librdkafka_floor 2.13.2)
if(DEFINED ENV{XDG_CACHE_HOME})
  set(librdkafka_cache $ENV{XDG_CACHE_HOME}/tallymill)
else()
  set(librdkafka_cache $ENV{HOME}/.cache/tallymill)
endif()
file(GLOB librdkafka_built ${librdkafka_cache}/librdkafka-*)
list(SORT librdkafka_built COMPARE NATURAL ORDER DESCENDING)  # The newest first.
list(TRANSFORM librdkafka_built APPEND /lib/pkgconfig)
string(REPLACE ";" ":" librdkafka_path "${librdkafka_built}")
set(ENV{PKG_CONFIG_PATH} "${librdkafka_path}:$ENV{PKG_CONFIG_PATH}")
# Asked anew each time, because deploy/install may have built another meanwhile.
unset(__pkg_config_checked_rdkafka CACHE)
unset(rdkafka_archive CACHE)
pkg_check_modules(rdkafka REQUIRED rdkafka>=${librdkafka_floor})
find_library(rdkafka_archive NAMES librdkafka.a PATHS ${rdkafka_LIBRARY_DIRS} NO_DEFAULT_PATH)
add_library(librdkafka INTERFACE)
target_include_directories(librdkafka SYSTEM INTERFACE ${rdkafka_INCLUDE_DIRS})
if(rdkafka_archive)
  # Static, so that the program does not depend on a folder in somebody's home; what it uses itself
  # is the system's and stays shared.
  pkg_check_modules(rdkafka_needs REQUIRED libcurl libsasl2 libssl libcrypto libzstd zlib)
  target_link_libraries(librdkafka INTERFACE ${rdkafka_archive} ${rdkafka_needs_LINK_LIBRARIES} m dl rt
                                             Threads::Threads)
else()
  target_link_libraries(librdkafka INTERFACE ${rdkafka_LINK_LIBRARIES})
endif()
message(STATUS "librdkafka ${rdkafka_VERSION}")
