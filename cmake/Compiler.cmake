# Warnings, sanitizers, hardening, and the compiler cache, for everything that we compile.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

set(TALLYMILL_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")

# Bugs put in on purpose, to test the tests: see src/base/seeded_bug.h.
option(TALLYMILL_SEEDED_BUGS "Compile in the seeded bugs" OFF)
if(TALLYMILL_SEEDED_BUGS)
  add_compile_definitions(TALLYMILL_SEEDED_BUGS)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Optimising, g++ 12 sees overlapping copies and uninitialised bytes in std::string that are not there.
  add_compile_options(-Wno-restrict $<$<NOT:$<CONFIG:Debug>>:-Wno-maybe-uninitialized>)
endif()
add_compile_options(-fstack-protector-strong -fno-omit-frame-pointer)
add_compile_definitions($<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

if(TALLYMILL_SANITIZE)
  add_compile_options(-fsanitize=${TALLYMILL_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TALLYMILL_SANITIZE})
  # g++ 12 reports uninitialised variables inside instrumented standard headers.
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
else()
  add_compile_options(-fstack-clash-protection -fcf-protection)
  add_compile_options($<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
  add_link_options(-Wl,-z,relro,-z,now)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
