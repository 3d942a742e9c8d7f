# Target `messages`: what protoc-c makes of server/*.proto. Not our code, so not under our warnings.
set(dir "${CMAKE_BINARY_DIR}/messages")
file(MAKE_DIRECTORY "${dir}")
add_custom_command(
	OUTPUT "${dir}/pprof.pb-c.c" "${dir}/pprof.pb-c.h"
	COMMAND "${PROTOC_C}" --proto_path=${CMAKE_SOURCE_DIR}/server --c_out=${dir} pprof.proto
	DEPENDS "${CMAKE_SOURCE_DIR}/server/pprof.proto"
	VERBATIM)
add_library(messages STATIC "${dir}/pprof.pb-c.c" "${dir}/pprof.pb-c.h")
target_include_directories(messages SYSTEM PUBLIC "${dir}")
target_link_libraries(messages PUBLIC PkgConfig::PROTOBUF_C)
if(TILESCOPE_SANITIZE)
	target_compile_options(messages PRIVATE -fsanitize=${TILESCOPE_SANITIZE})
endif()
