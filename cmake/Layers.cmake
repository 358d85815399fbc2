# The layer order, lowest first (ARCHITECTURE.md). A folder may depend on folders to its left only;
# berth_library() refuses anything else, and tests/layers_test.py holds the #includes against it.
set(BERTH_LAYERS base db blob access events jobs state http identity tenancy distribution integrity catalog net cli app)

add_library(berth_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_link_libraries(berth_pch PUBLIC berth_options fmt::fmt Boost::json)
berth_precompiled(berth_pch pch.h)

# berth_library(NAME name SOURCES a.cpp ... [DEPENDS base ...] [LIBRARIES fmt::fmt ...])
# One library per folder: target berth_<name>, namespace berth::<name>.
function(berth_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  list(FIND BERTH_LAYERS ${ARG_NAME} own)
  if(own EQUAL -1)
    message(FATAL_ERROR "${ARG_NAME} has no place in BERTH_LAYERS (cmake/Layers.cmake)")
  endif()
  add_library(berth_${ARG_NAME} STATIC ${ARG_SOURCES})
  target_precompile_headers(berth_${ARG_NAME} REUSE_FROM berth_pch)
  target_link_libraries(berth_${ARG_NAME} PUBLIC berth_options fmt::fmt Boost::json ${ARG_LIBRARIES})
  foreach(dependency IN LISTS ARG_DEPENDS)
    list(FIND BERTH_LAYERS ${dependency} other)
    if(other EQUAL -1 OR NOT other LESS own)
      message(FATAL_ERROR "layer order: ${ARG_NAME} may not depend on ${dependency}")
    endif()
    target_link_libraries(berth_${ARG_NAME} PUBLIC berth_${dependency})
  endforeach()
endfunction()
