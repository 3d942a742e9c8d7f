# Libraries, through pkg-config; everything that is missing is named at once, with the way to get it.
find_package(PkgConfig REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

set(missing_modules "")
set(missing_packages "")

# module: pkg-config's "name>=version"; debian: the package that brings it
macro(need name module debian)
	pkg_check_modules(${name} IMPORTED_TARGET QUIET ${module})
	if(NOT ${name}_FOUND)
		list(APPEND missing_modules "${module}")
		list(APPEND missing_packages "${debian}")
	endif()
endmacro()

need(MHD "libmicrohttpd>=0.9.75" libmicrohttpd-dev)
need(CJSON "libcjson>=1.7.15" libcjson-dev)
need(SQLITE "sqlite3>=3.40" libsqlite3-dev)
need(ZLIB "zlib>=1.2.11" zlib1g-dev)
need(ZSTD "libzstd>=1.5.2" libzstd-dev)
need(XXHASH "libxxhash>=0.8" libxxhash-dev)
need(PROTOBUF_C "libprotobuf-c>=1.3" libprotobuf-c-dev)
find_program(PROTOC_C protoc-c)
if(NOT PROTOC_C)
	list(APPEND missing_modules "protoc-c")
	list(APPEND missing_packages protobuf-c-compiler)
endif()
if(TILESCOPE_TESTS)
	need(CMOCKA "cmocka>=1.1.5" libcmocka-dev)
endif()

if(missing_modules)
	list(JOIN missing_modules ", " modules)
	list(JOIN missing_packages " " packages)
	message(FATAL_ERROR
		"pkg-config does not find: ${modules}\n"
		"On Debian or Ubuntu: apt-get install ${packages}\n"
		"(a release that has only an older version needs a newer release, or the library built by hand "
		"and its folder named in PKG_CONFIG_PATH)")
endif()
