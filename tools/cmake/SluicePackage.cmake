# The package that find_package(Sluice) loads, for the build tree
# (-DSluice_DIR=BUILD/lib/cmake/Sluice) and for installation.
include(CMakePackageConfigHelpers)
set(package ${PROJECT_BINARY_DIR}/lib/cmake/Sluice)
configure_file(${PROJECT_SOURCE_DIR}/tools/cmake/SluiceAddModel.cmake
  ${package}/SluiceAddModel.cmake COPYONLY)
write_basic_package_version_file(${package}/SluiceConfigVersion.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)

set(SLUICE_EXECUTABLE ${PROJECT_BINARY_DIR}/bin/sluice)
configure_file(${PROJECT_SOURCE_DIR}/tools/cmake/SluiceConfig.cmake.in
  ${package}/SluiceConfig.cmake @ONLY)
# An installation may be moved: the path is relative to the package.
set(SLUICE_EXECUTABLE "\${CMAKE_CURRENT_LIST_DIR}/../../../bin/sluice")
configure_file(${PROJECT_SOURCE_DIR}/tools/cmake/SluiceConfig.cmake.in
  ${PROJECT_BINARY_DIR}/install/SluiceConfig.cmake @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/install/SluiceConfig.cmake
  ${package}/SluiceConfigVersion.cmake ${package}/SluiceAddModel.cmake
  DESTINATION lib/cmake/Sluice)
