# install and package: the program, its manual page, completions and service unit, its licence.
install(TARGETS tilescope RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES LICENSE README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" OPTIONAL)
set(packaging "${CMAKE_SOURCE_DIR}/packaging")
install(FILES "${packaging}/tilescope.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" OPTIONAL)
install(FILES "${packaging}/completions/tilescope.bash" RENAME tilescope
	DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" OPTIONAL)
install(FILES "${packaging}/completions/_tilescope"
	DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions" OPTIONAL)
install(FILES "${packaging}/completions/tilescope.fish"
	DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" OPTIONAL)
install(FILES "${packaging}/tilescope.service" DESTINATION lib/systemd/system OPTIONAL)

set(CPACK_PACKAGE_VENDOR "The Tilescope Authors")
set(CPACK_PACKAGE_CONTACT "The Tilescope Authors")
set(CPACK_RESOURCE_FILE_LICENSE "${CMAKE_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
include(CPack)
