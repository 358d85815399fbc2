# Language level, warnings and sanitizers: one interface target that every other target links.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

set(BERTH_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them; empty for none")
option(BERTH_FUZZ "Build the fuzz targets" OFF)
option(BERTH_BENCH "Build the load generator of bench/" OFF)

add_library(berth_options INTERFACE)
target_include_directories(berth_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
# One code model for libraries and programs, so that all share one precompiled header.
target_compile_options(berth_options INTERFACE -fPIE)
target_link_options(berth_options INTERFACE -pie)
target_compile_options(berth_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # A time stamp inside the precompiled header would make ccache miss in every fresh clone.
  target_compile_options(berth_options INTERFACE -Wimplicit-fallthrough "SHELL:-Xclang -fno-pch-timestamp")
else()
  # g++ 12 warns of dangling pointers inside libstdc++ itself at -O2 (GCC PR 105562, 107852).
  target_compile_options(berth_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow)
endif()
# Enough for stack traces; full debug information doubles the time and the size of a build.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(berth_options INTERFACE _GLIBCXX_ASSERTIONS)
  target_compile_options(berth_options INTERFACE $<IF:$<CXX_COMPILER_ID:Clang>,-gline-tables-only,-g1>)
endif()
if(BERTH_SANITIZE)
  target_compile_options(berth_options INTERFACE -fsanitize=${BERTH_SANITIZE} -fno-omit-frame-pointer -O1)
  target_link_options(berth_options INTERFACE -fsanitize=${BERTH_SANITIZE})
  if(BERTH_SANITIZE MATCHES "undefined")
    target_compile_options(berth_options INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()
if(BERTH_FUZZ)
  target_compile_options(berth_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
