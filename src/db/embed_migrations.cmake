# Writes the numbered SQL files into a C++ source: berth_embed_migrations(out.cpp a.sql ...)
function(berth_embed_migrations out)
  set(entries "")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(stem ${file} NAME_WE)
    if(NOT stem MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
      message(FATAL_ERROR "a migration is named NNNN_name.sql, not ${stem}")
    endif()
    set(version ${CMAKE_MATCH_1})
    set(name ${CMAKE_MATCH_2})
    string(REGEX REPLACE "^0+" "" version ${version})
    file(READ ${file} sql)
    string(APPEND entries "    {${version}, \"${name}\", R\"sql(${sql})sql\"},\n")
  endforeach()
  file(GENERATE OUTPUT ${out} CONTENT "#include \"db/migrations.h\"

namespace berth::db {

std::span<const Migration> embedded_migrations() {
  static constexpr Migration kAll[] = {
${entries}  };
  return kAll;
}

}  // namespace berth::db
")
endfunction()
