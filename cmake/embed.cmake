# lindung_embed(TARGET FILE...): each FILE (relative to the source root) becomes part of TARGET. data/codes/tests.json is
# the std::string_view lindung::embedded::codes_tests_json of "embedded/codes_tests_json.h" (the path below data/, with
# every other character as an underscore). A changed file rebuilds what holds it.
function(lindung_embed target)
  foreach(file ${ARGN})
    string(REGEX REPLACE "^data/" "" symbol ${file})
    string(MAKE_C_IDENTIFIER ${symbol} symbol)
    set(out ${CMAKE_BINARY_DIR}/generated/embedded/${symbol})
    add_custom_command(OUTPUT ${out}.cpp ${out}.h
      COMMAND ${CMAKE_COMMAND} -DIN=${CMAKE_SOURCE_DIR}/${file} -DOUT=${out} -DSYMBOL=${symbol}
        -P ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake
      DEPENDS ${CMAKE_SOURCE_DIR}/${file} ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake
      COMMENT "Embedding ${file}" VERBATIM)
    target_sources(${target} PRIVATE ${out}.cpp ${out}.h)
  endforeach()
  target_include_directories(${target} PUBLIC ${CMAKE_BINARY_DIR}/generated)
endfunction()
