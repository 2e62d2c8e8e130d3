# One function per kind of target, so that every room's CMakeLists.txt is a line or two.

# Flags common to all of Moldau's own code. Asserts of the project stay on in release builds.
add_library(moldau_flags INTERFACE)
target_include_directories(moldau_flags INTERFACE "${CMAKE_SOURCE_DIR}" "${CMAKE_SOURCE_DIR}/src")
target_compile_options(moldau_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough -Wextra-semi
  -fno-omit-frame-pointer -fstack-protector-strong -fPIE
  $<$<CONFIG:Release>:-O2 -g1 -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS>
  $<$<CONFIG:Debug>:-O1 -g1 -D_GLIBCXX_ASSERTIONS>)
target_link_options(moldau_flags INTERFACE -fuse-ld=lld-19 -pie -Wl,-z,relro,-z,now -Wl,--gc-sections)
target_compile_options(moldau_flags INTERFACE -ffunction-sections -fdata-sections)
# An object may be gone when a handler that it called returns. LLVM takes `this` for readable until the end of the
# function, and reads members ahead of the test that the object is still there (tests/base/gone_object_test.cc).
target_compile_options(moldau_flags INTERFACE "SHELL:-mllvm -use-dereferenceable-at-point-semantics=1")
# A precompiled header that knows its time of making would make every file that uses it new to ccache.
target_compile_options(moldau_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
if(MOLDAU_SANITIZE)
  target_compile_options(moldau_flags INTERFACE
    -fsanitize=${MOLDAU_SANITIZE} -fno-sanitize-recover=all -U_FORTIFY_SOURCE)
  target_link_options(moldau_flags INTERFACE -fsanitize=${MOLDAU_SANITIZE})
endif()
if(MOLDAU_FUZZ)
  target_compile_options(moldau_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "")
set(CMAKE_CXX_FLAGS_DEBUG "")

# Compiles every header of every room alone: a header that leans on its includers fails here.
add_custom_target(headers_compile)

# moldau_headers(NAME): the headers of the current folder, each alone as a source file that includes nothing else.
function(moldau_headers name)
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}/*.h")
  set(sources "")
  foreach(header IN LISTS headers)
    set(source "${CMAKE_BINARY_DIR}/headers/${header}.cc")
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"${header}\"\n" @ONLY)
    list(APPEND sources "${source}")
  endforeach()
  if(sources)
    add_library(moldau_${name}_headers OBJECT EXCLUDE_FROM_ALL ${sources})
    target_link_libraries(moldau_${name}_headers PRIVATE moldau_${name})
    add_dependencies(headers_compile moldau_${name}_headers)
  endif()
endfunction()

# moldau_room(NAME [DEPENDS target...]): the .cc files of the current folder as library moldau_NAME.
function(moldau_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(sources)
    add_library(moldau_${name} STATIC ${sources})
    target_link_libraries(moldau_${name} PUBLIC moldau_flags ${ROOM_DEPENDS})
  else()
    add_library(moldau_${name} INTERFACE)
    target_link_libraries(moldau_${name} INTERFACE moldau_flags ${ROOM_DEPENDS})
  endif()
  moldau_headers(${name})
endfunction()

# moldau_program(NAME SOURCE [DEPENDS target...]): program NAME at the top of the build folder. A room's main.cc is
# no part of its library.
function(moldau_program name source)
  cmake_parse_arguments(PROGRAM "" "" "DEPENDS" ${ARGN})
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE moldau_flags ${PROGRAM_DEPENDS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
endfunction()

# moldau_test(NAME [DEPENDS target...] [PARTS part=patterns...]): the .cc files of the current folder as doctest program
# NAME_test. Files that match the patterns of a part, with commas between them, are a test NAME_part of their own.
function(moldau_test name)
  cmake_parse_arguments(TEST "" "" "DEPENDS;PARTS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  add_executable(${name}_test ${sources})
  target_link_libraries(${name}_test PRIVATE moldau_doctest_main ${TEST_DEPENDS})
  set(rest "")
  foreach(part IN LISTS TEST_PARTS)
    string(REPLACE "=" ";" pair "${part}")
    list(GET pair 0 part_name)
    list(GET pair 1 files)
    add_test(NAME ${name}_${part_name} COMMAND ${name}_test "--source-file=${files}")
    list(APPEND rest "${files}")
  endforeach()
  if(rest)
    list(JOIN rest "," rest)
    set(rest "--source-file-exclude=${rest}")
  endif()
  add_test(NAME ${name} COMMAND ${name}_test ${rest})
endfunction()

# moldau_fuzz(NAME SOURCE [DEPENDS target...]): a libFuzzer program NAME_fuzz, only in the fuzz preset.
function(moldau_fuzz name source)
  cmake_parse_arguments(FUZZ "" "" "DEPENDS" ${ARGN})
  if(MOLDAU_FUZZ)
    add_executable(${name}_fuzz ${source})
    target_link_libraries(${name}_fuzz PRIVATE moldau_flags ${FUZZ_DEPENDS})
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()
