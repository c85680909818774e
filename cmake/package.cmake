# The Debian package of the server: `cpack --config build/release/CPackConfig.cmake`, or the target `package`.
include(GNUInstallDirs)

set(manual ${CMAKE_BINARY_DIR}/lindung.1.gz)
set(completion ${CMAKE_BINARY_DIR}/lindung.bash)
add_custom_command(OUTPUT ${manual} ${completion}
  COMMAND sh -c "$<TARGET_FILE:lindung> manual | gzip -9n > ${manual}"
  COMMAND sh -c "$<TARGET_FILE:lindung> manual --bash > ${completion}"
  DEPENDS lindung VERBATIM)
add_custom_target(manual ALL DEPENDS ${manual} ${completion})

install(TARGETS lindung RUNTIME COMPONENT server)
install(FILES ${manual} DESTINATION share/man/man1 COMPONENT server)
install(FILES ${completion} DESTINATION share/bash-completion/completions RENAME lindung COMPONENT server)
install(FILES packaging/grafana-dashboard.json DESTINATION share/lindung COMPONENT server)
install(DIRECTORY web/dist/ DESTINATION share/lindung/portal COMPONENT server OPTIONAL)
install(FILES CHANGELOG.md docs/configuration.md docs/operations.md docs/openapi.yaml docs/openapi-travel.yaml
  docs/partner-guide.md docs/evidence.md
  DESTINATION share/doc/lindung COMPONENT server)
install(FILES LICENSE DESTINATION share/doc/lindung RENAME copyright COMPONENT server)
install(FILES packaging/lindung.service packaging/lindung-travel.service DESTINATION /lib/systemd/system COMPONENT server)
install(FILES packaging/lindung.toml packaging/travel.toml DESTINATION /etc/lindung COMPONENT server
  PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lindung)
set(CPACK_PACKAGE_CONTACT "Lindung <operators@lindung.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "health-status platform: colours at doors, sealed, logged, provable")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR OFF)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL server)
set(CPACK_DEBIAN_SERVER_PACKAGE_NAME lindung)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS passwd)
# PDFs are read by pdftoppm, and printed certificates are set in Inter; all else works without.
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS "fonts-inter, poppler-utils")
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/debian/postinst
  ${CMAKE_SOURCE_DIR}/packaging/debian/prerm ${CMAKE_SOURCE_DIR}/packaging/debian/postrm
  ${CMAKE_SOURCE_DIR}/packaging/debian/conffiles)
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
