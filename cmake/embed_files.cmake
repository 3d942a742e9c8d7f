# Run at build time by Embed.cmake:
#   -DTEXT=file -DSYMBOL=name -DOUT=file.S               one text, NUL at its end
#   -DROOT=folder -DLIST=file -DOUT=folder               the served files: assets_bytes.S, assets_table.c
cmake_minimum_required(VERSION 3.25)

set(head "#ifdef __CET__\n#include <cet.h>\n#endif\n\t.section .note.GNU-stack,\"\",%progbits\n\t.section .rodata\n")

if(TEXT)
	file(WRITE "${OUT}"
		"${head}\t.global ${SYMBOL}\n\t.type ${SYMBOL}, %object\n${SYMBOL}:\n\t.incbin \"${TEXT}\"\n\t.byte 0\n"
		"\t.size ${SYMBOL}, . - ${SYMBOL}\n")
	return()
endif()

set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_json "application/json")
set(type_svg "image/svg+xml")

file(STRINGS "${LIST}" files)
list(SORT files) # asset_find() searches by halves: byte order of the path

# What main.js imports, and what that imports: the page asks for all of it before it draws.
set(imported main.js)
set(todo main.js)
while(todo)
	list(POP_FRONT todo path)
	get_filename_component(folder "${ROOT}/${path}" DIRECTORY)
	file(READ "${ROOT}/${path}" text)
	string(REGEX MATCHALL " from \"[.][^\"]*\"" imports "${text}")
	foreach(import IN LISTS imports)
		string(REGEX REPLACE ".*\"(.*)\"" "\\1" import "${import}")
		get_filename_component(import "${folder}/${import}" ABSOLUTE)
		file(RELATIVE_PATH import "${ROOT}" "${import}")
		if(NOT import IN_LIST imported)
			list(APPEND imported "${import}")
			list(APPEND todo "${import}")
		endif()
	endforeach()
endwhile()

set(bytes "${head}")
set(symbols "")
set(rows "")
set(hashes "")
set(n 0)
foreach(file IN LISTS files)
	file(RELATIVE_PATH path "${ROOT}" "${file}")
	string(REGEX REPLACE ".*\\." "" extension "${file}")
	file(SHA256 "${file}" hash)
	string(SUBSTRING "${hash}" 0 32 hash)
	file(SIZE "${file}" size)
	set(packed "${OUT}/packed/${path}.zst")
	get_filename_component(folder "${packed}" DIRECTORY)
	file(MAKE_DIRECTORY "${folder}")
	file(ARCHIVE_CREATE OUTPUT "${packed}" PATHS "${file}" FORMAT raw COMPRESSION Zstd COMPRESSION_LEVEL 9)
	file(SIZE "${packed}" packed_size)
	string(APPEND bytes "\t.global asset_bytes_${n}, asset_packed_${n}\nasset_bytes_${n}:\n\t.incbin \"${file}\"\n\t.byte 0\n")
	string(APPEND bytes "asset_packed_${n}:\n\t.incbin \"${packed}\"\n")
	string(APPEND symbols "extern const unsigned char asset_bytes_${n}[], asset_packed_${n}[];\n")
	set(is_imported false)
	if(path IN_LIST imported)
		set(is_imported true)
	endif()
	string(APPEND rows "\t{\"${path}\", \"${type_${extension}}\", asset_bytes_${n}, ${size}, asset_packed_${n}, "
		"${packed_size}, \"\\\"${hash}\\\"\", \"\\\"${hash}z\\\"\", ${is_imported}},\n")
	string(APPEND hashes "${path} ${hash}\n")
	math(EXPR n "${n} + 1")
endforeach()

string(SHA256 version "${hashes}")
string(SUBSTRING "${version}" 0 16 version)
file(WRITE "${OUT}/assets_bytes.S" "${bytes}")
file(WRITE "${OUT}/assets_table.c"
	"/* Made by cmake/embed_files.cmake from web/. */\n#include \"server/assets.h\"\n\n${symbols}\n"
	"const struct asset asset_table[] = {\n${rows}\t{0},\n};\nconst size_t asset_table_n = ${n};\n"
	"const char asset_version[] = \"${version}\";\n")
