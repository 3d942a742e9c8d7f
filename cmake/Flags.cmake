# Target `house`: the language, include root, warnings, hardening and sanitizers of every file we compile.
# Target `house_strict`: the warnings that tests are spared (a test's macros and entry points set them off).
include(CheckCCompilerFlag)
include(CheckPIESupported)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
check_pie_supported(LANGUAGES C)

# NDEBUG only where speed is measured; asserts live everywhere else. No joining of neighbouring loads and stores into vectors:
# where one side is joined and the other is not, each event waits for the processor's store buffer (a fifth of the reader's time).
set(CMAKE_C_FLAGS_RELEASE "-O2 -fno-tree-slp-vectorize -g -DNDEBUG")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")

# The hot paths cross files (cursor to order to change): a fifth of an ingest's time.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT TILESCOPE_SANITIZE)
	include(CheckIPOSupported)
	check_ipo_supported(RESULT HAS_IPO OUTPUT why LANGUAGES C)
	set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${HAS_IPO})
endif()

add_library(house INTERFACE)
target_include_directories(house INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_definitions(house INTERFACE _GNU_SOURCE TILESCOPE_VERSION="${PROJECT_VERSION}")

# Adds to `house` those of the given C flags that this compiler takes.
function(house_flags)
	foreach(flag ${ARGN})
		string(MAKE_C_IDENTIFIER "HAS${flag}" has)
		check_c_compiler_flag(${flag} ${has})
		if(${has})
			target_compile_options(house INTERFACE $<$<COMPILE_LANGUAGE:C>:${flag}>)
		endif()
	endforeach()
endfunction()

target_compile_options(house INTERFACE
	"$<$<COMPILE_LANGUAGE:C>:-Wall;-Wextra;-Wshadow;-Wstrict-prototypes;-Wvla;-Wformat=2;-Wimplicit-fallthrough>"
	"$<$<COMPILE_LANGUAGE:C>:-Werror=format-security;-Werror=implicit;-Werror=incompatible-pointer-types;-Werror=int-conversion>"
	"$<$<COMPILE_LANGUAGE:C>:-fno-delete-null-pointer-checks;-fno-strict-overflow;-fno-strict-aliasing;-fexceptions>"
	"-ffile-prefix-map=${CMAKE_SOURCE_DIR}=." # the same binary wherever it is built
	"$<$<COMPILE_LANGUAGE:C>:$<$<BOOL:${TILESCOPE_WERROR}>:-Werror>>")
add_library(house_strict INTERFACE)
target_compile_options(house_strict INTERFACE "$<$<COMPILE_LANGUAGE:C>:-Wconversion;-Wmissing-prototypes>")
house_flags(-Wtrampolines -Wbidi-chars=any -fstack-protector-strong -fstack-clash-protection)
check_c_compiler_flag(-fcf-protection=full HAS_CET)
if(HAS_CET) # the embedded files' assembler too: one object without the mark takes it off the program
	target_compile_options(house INTERFACE -fcf-protection=full)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Debug")
	house_flags(-ftrivial-auto-var-init=pattern -fno-omit-frame-pointer)
else()
	house_flags(-ftrivial-auto-var-init=zero)
	target_compile_options(house INTERFACE
		"$<$<COMPILE_LANGUAGE:C>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
	# Structs are cleared and copied in every event: the instructions that gcc has for it take 30 cycles to start.
	set(copying unrolled_loop:512:noalign,libcall:-1:noalign)
	check_c_compiler_flag("-mmemset-strategy=${copying} -mmemcpy-strategy=${copying}" HAS_COPYING_STRATEGY)
	if(HAS_COPYING_STRATEGY)
		target_compile_options(house INTERFACE
			"$<$<COMPILE_LANGUAGE:C>:-mmemset-strategy=${copying};-mmemcpy-strategy=${copying}>")
		target_link_options(house INTERFACE -mmemset-strategy=${copying} -mmemcpy-strategy=${copying})
	endif()
endif()

target_link_options(house INTERFACE
	LINKER:-z,relro,-z,now,-z,noexecstack,-z,nodlopen,--as-needed)

if(TILESCOPE_SANITIZE)
	set(sanitize -fsanitize=${TILESCOPE_SANITIZE})
	if(TILESCOPE_FUZZ)
		list(APPEND sanitize -fsanitize=fuzzer-no-link)
	endif()
	target_compile_options(house INTERFACE
		"$<$<COMPILE_LANGUAGE:C>:${sanitize};-fno-sanitize-recover=all>")
	target_link_options(house INTERFACE ${sanitize})
endif()
