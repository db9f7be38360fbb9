# sluice_add_library(NAME [LINK ...] [DEPENDS ...] [EXCLUDE ...])
# A static library of all .cpp files of the current folder.
function(sluice_add_library name)
  cmake_parse_arguments(ARG "" "" "LINK;DEPENDS;EXCLUDE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(file ${ARG_EXCLUDE})
    list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

# sluice_add_passes(STAGE ...): Passes.td of a stage folder and its library
# sluice_passes_<stage>.
function(sluice_add_passes stage)
  cmake_parse_arguments(ARG "" "" "LINK;DEPENDS" ${ARGN})
  string(TOLOWER ${stage} lower)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name Sluice${stage})
  add_public_tablegen_target(sluice_passes_${lower}_gen)
  sluice_add_library(sluice_passes_${lower} LINK ${ARG_LINK} sluice_mlir
    DEPENDS sluice_passes_${lower}_gen ${ARG_DEPENDS})
endfunction()

# sluice_add_tool(NAME [LINK ...]): an executable of all .cpp files of the
# current folder.
function(sluice_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin
    INSTALL_RPATH "$ORIGIN/../lib;${LLVM_LIBRARY_DIR}")
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()
