# berth_precompiled(TARGET HEADER): the target's precompiled header, which other targets reuse, and beside it the sum that
# lets ccache share objects between build directories and clones: what the header is made of, without any path.
function(berth_precompiled target header)
  target_precompile_headers(${target} PUBLIC ${CMAKE_SOURCE_DIR}/cmake/${header})
  file(READ ${CMAKE_SOURCE_DIR}/cmake/pch.h content)
  file(READ ${CMAKE_SOURCE_DIR}/cmake/${header} more)
  execute_process(
    COMMAND dpkg-query -W -f "\${Package} \${Version}\n" libboost-json1.81-dev libfmt-dev libgtest-dev libgmock-dev libstdc++-12-dev
    OUTPUT_VARIABLE packages ERROR_QUIET)
  string(SHA256 sum "${content}${more}${packages}${CMAKE_CXX_COMPILER_VERSION}")
  file(WRITE ${CMAKE_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx.pch.sum "${sum}")
endfunction()
