# `cmake --install`, and `cpack -G DEB` for a Debian package: the program, its unit, a configuration to begin
# with, rules, dashboards and docs. The package installs on the distribution that it was built on.

include(GNUInstallDirs)
set(deploy ${CMAKE_SOURCE_DIR}/deploy)
set(data ${CMAKE_INSTALL_DATADIR}/tallymill)
set(doc ${CMAKE_INSTALL_DATADIR}/doc/tallymill)

install(TARGETS tallymill RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${deploy}/systemd/tallymill.service DESTINATION lib/systemd/system)
install(FILES ${deploy}/debian/tallymill.yaml DESTINATION /etc/tallymill)
install(FILES ${deploy}/debian/default DESTINATION /etc/default RENAME tallymill
        PERMISSIONS OWNER_READ OWNER_WRITE)
install(FILES ${deploy}/prometheus/alerts.yml DESTINATION ${data}/prometheus)
install(DIRECTORY ${deploy}/grafana/dashboards DESTINATION ${data}/grafana)
# The docs link to the recipes, which therefore keep their place beside them.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs ${CMAKE_SOURCE_DIR}/config DESTINATION ${doc})
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CHANGELOG.md DESTINATION ${doc})
install(FILES ${CMAKE_SOURCE_DIR}/THIRD-PARTY-NOTICES DESTINATION ${doc})
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${doc} RENAME copyright)

find_program(dpkg_query dpkg-query)
if(dpkg_query)
  install(CODE "execute_process(COMMAND ${deploy}/sbom ${CMAKE_BINARY_DIR}
                  OUTPUT_FILE ${CMAKE_BINARY_DIR}/sbom.cdx.json COMMAND_ERROR_IS_FATAL ANY)")
  install(FILES ${CMAKE_BINARY_DIR}/sbom.cdx.json DESTINATION ${doc})
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tallymill)
set(CPACK_PACKAGE_VENDOR "The Tallymill authors")
set(CPACK_PACKAGE_CONTACT "The Tallymill authors <tallymill@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "keeps Postgres tables of aggregates exactly in step with Kafka topics")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# Whatever the builder's umask: the service's user reads its configuration there.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # What the program is linked to, with the versions it needs.
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${deploy}/debian/conffiles ${deploy}/debian/postinst ${deploy}/debian/prerm ${deploy}/debian/postrm)
include(CPack)
