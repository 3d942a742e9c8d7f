# Everything that ctest runs. Label `lint` is what the target lint runs.
find_program(NODE node)

set(sanitizer_env
	"ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0"
	"UBSAN_OPTIONS=print_stacktrace=1"
	"TSAN_OPTIONS=halt_on_error=1")
set(test_env ${sanitizer_env} "SOURCE=${CMAKE_SOURCE_DIR}" "BUILD=${CMAKE_BINARY_DIR}")
if(TARGET tilescope)
	list(APPEND test_env "TILESCOPE=$<TARGET_FILE:tilescope>")
endif()

# house_test(name COMMAND ... [LABELS ...] [TIMEOUT s] [SERIAL]): exit code 77 means skipped
function(house_test name)
	cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "COMMAND;LABELS" ${ARGN})
	if(NOT arg_TIMEOUT)
		set(arg_TIMEOUT 300)
	endif()
	add_test(NAME ${name} COMMAND ${arg_COMMAND} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
	set_tests_properties(${name} PROPERTIES ENVIRONMENT "${test_env}" SKIP_RETURN_CODE 77
		TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
	if(arg_SERIAL)
		set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
	endif()
endfunction()

# The highest library that a C file of tests/ includes from: a parser test builds while server/ does not.
function(link_what_it_includes target file)
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
	file(STRINGS "${file}" includes REGEX "^#include \"(parser|tiles|server)/")
	set(library parser)
	if(includes MATCHES "\"server/")
		set(library server_lib)
	elseif(includes MATCHES "\"tiles/")
		set(library tiles)
	endif()
	target_link_libraries(${target} PRIVATE house)
	if(TARGET ${library})
		target_link_libraries(${target} PRIVATE ${library})
	endif()
endfunction()

# tests/unit: each *_test.c is a cmocka program; other files there are shared by all of them.
file(GLOB unit_tests CONFIGURE_DEPENDS tests/unit/*_test.c)
file(GLOB unit_shared CONFIGURE_DEPENDS tests/unit/*.c)
list(FILTER unit_shared EXCLUDE REGEX "_test\\.c$")
foreach(file ${unit_tests})
	get_filename_component(name "${file}" NAME_WE)
	add_executable(${name} "${file}" ${unit_shared})
	foreach(part "${file}" ${unit_shared})
		link_what_it_includes(${name} "${part}")
	endforeach()
	target_link_libraries(${name} PRIVATE PkgConfig::CMOCKA)
	house_test(unit/${name} COMMAND ${name} LABELS unit)
endforeach()

# tests/validate.c: a program that re-checks a store's stages and shares no code with them.
if(EXISTS "${CMAKE_SOURCE_DIR}/tests/validate.c")
	add_executable(validate tests/validate.c)
	target_link_libraries(validate PRIVATE house PkgConfig::SQLITE PkgConfig::ZSTD PkgConfig::XXHASH m)
	list(APPEND test_env "VALIDATE=$<TARGET_FILE:validate>")
endif()

# tests/validate: a checker of the text of `tilescope events` that shares no code with the reader.
add_executable(validate_events tests/validate/validate.c tests/validate/things.c)
target_link_libraries(validate_events PRIVATE house)

# tests/gen/scale.c: valid traces of any size; e2e/scale.sh runs it.
add_executable(scale_trace tests/gen/scale.c tests/gen/scale_world.c tests/gen/scale_tables.c)
target_link_libraries(scale_trace PRIVATE house)

# tests/hostile: programs that feed the reader what no Go program writes; scripts of tests/e2e run them.
file(GLOB hostile_programs CONFIGURE_DEPENDS tests/hostile/*.c)
set(hostile_shared tests/hostile/reading.c tests/hostile/against.c tests/hostile/worst_case.c
	tests/hostile/worst_case_old.c tests/fuzz/mutate.c tests/fuzz/layout.c)
list(FILTER hostile_programs EXCLUDE REGEX "/(reading|against|worst_case|worst_case_old)\\.c$")
foreach(file ${hostile_programs})
	get_filename_component(name "${file}" NAME_WE)
	add_executable(${name} "${file}" ${hostile_shared})
	target_link_libraries(${name} PRIVATE house parser)
endforeach()

# tests/fuzz: libFuzzer programs in the fuzz preset; elsewhere replay.c runs their corpus and the regressions.
file(GLOB fuzzers CONFIGURE_DEPENDS tests/fuzz/fuzz_*.c)
foreach(file ${fuzzers})
	get_filename_component(name "${file}" NAME_WE)
	if(TILESCOPE_FUZZ)
		add_executable(${name} "${file}" tests/fuzz/mutate.c tests/fuzz/layout.c)
		target_link_options(${name} PRIVATE -fsanitize=fuzzer)
	else()
		add_executable(${name} "${file}" tests/fuzz/mutate.c tests/fuzz/layout.c tests/fuzz/replay.c)
		house_test(fuzz/${name} COMMAND ${name} "tests/fuzz/corpus/${name}" LABELS fuzz)
	endif()
	link_what_it_includes(${name} "${file}")
endforeach()

# What fuzz_tables begins with: the tables of real stores.
add_executable(seed_tables tests/fuzz/seed_tables.c)
target_link_libraries(seed_tables PRIVATE tiles)

# JavaScript: the page's modules in Node, then the page in Chromium.
file(GLOB_RECURSE web_tests CONFIGURE_DEPENDS tests/web/*_test.js)
file(GLOB_RECURSE page_tests CONFIGURE_DEPENDS tests/pages/*_test.js)
if(NODE AND web_tests)
	house_test(web COMMAND "${NODE}" --test ${web_tests} LABELS web)
endif()
if(NODE AND page_tests)
	house_test(pages COMMAND "${NODE}" --test --test-concurrency=1 ${page_tests} LABELS pages TIMEOUT 2400 SERIAL)
endif()

# tests/e2e: scripts that run the program.
file(GLOB e2e_tests CONFIGURE_DEPENDS tests/e2e/*.sh)
foreach(file ${e2e_tests})
	get_filename_component(name "${file}" NAME_WE)
	if(NOT name STREQUAL "common")
		house_test(e2e/${name} COMMAND sh "${file}" LABELS e2e TIMEOUT 900)
	endif()
endforeach()

foreach(tool layers format tidy cppcheck tsc eslint shellcheck)
	house_test(lint/${tool} COMMAND sh cmake/lint.sh ${tool} "${CMAKE_BINARY_DIR}" LABELS lint TIMEOUT 900)
endforeach()

set(ctest ${CMAKE_CTEST_COMMAND} --output-on-failure)
get_property(programs DIRECTORY PROPERTY BUILDSYSTEM_TARGETS)
add_custom_target(check COMMAND ${ctest} USES_TERMINAL)
add_dependencies(check ${programs})
add_custom_target(lint COMMAND ${ctest} -L lint USES_TERMINAL)

add_custom_target(golden COMMAND sh tests/gen/golden.sh WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}" USES_TERMINAL)
