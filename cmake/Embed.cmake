# Files of the tree become bytes of the program: an assembler file of .incbin lines and, for web/, a C table.
# Both are written again when a file changes, comes or goes.
set(EMBED_SCRIPT "${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake")

# Sets `out` to the sources that hold every served file below `root` (declared in server/assets.h).
function(embed_assets out root)
	set(patterns html css js json svg)
	list(TRANSFORM patterns PREPEND "${root}/*.")
	file(GLOB_RECURSE files CONFIGURE_DEPENDS ${patterns})
	set(dir "${CMAKE_BINARY_DIR}/embed")
	string(REPLACE ";" "\n" lines "${files}")
	file(CONFIGURE OUTPUT "${dir}/assets.list" CONTENT "${lines}\n" @ONLY)
	add_custom_command(
		OUTPUT "${dir}/assets_bytes.S" "${dir}/assets_table.c"
		COMMAND "${CMAKE_COMMAND}" -DROOT=${root} -DLIST=${dir}/assets.list -DOUT=${dir} -P "${EMBED_SCRIPT}"
		DEPENDS ${files} "${dir}/assets.list" "${EMBED_SCRIPT}"
		COMMENT "Embedding web/"
		VERBATIM)
	set(${out} "${dir}/assets_bytes.S" "${dir}/assets_table.c" PARENT_SCOPE)
endfunction()

# Sets `out` to a source that defines `symbol` as the NUL-terminated text of `file`.
function(embed_text out file symbol)
	set(source "${CMAKE_BINARY_DIR}/embed/${symbol}.S")
	add_custom_command(
		OUTPUT "${source}"
		COMMAND "${CMAKE_COMMAND}" -DTEXT=${file} -DSYMBOL=${symbol} -DOUT=${source} -P "${EMBED_SCRIPT}"
		DEPENDS "${file}" "${EMBED_SCRIPT}"
		COMMENT "Embedding ${symbol}"
		VERBATIM)
	set(${out} "${source}" PARENT_SCOPE)
endfunction()
