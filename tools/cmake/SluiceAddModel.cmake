# sluice_add_model(NAME MODEL path
#                  [SIGNATURE key] [CPU level...] [INPUT NAME=1x28x28x1:f32 ...]
#                  [FEED name...] [FETCH name...] [CXX_CLASS ns::Name]
#                  [OPTIONS flag...] [HEADER_VARIABLE var])
#
# Compiles a TensorFlow model while the project builds and makes the INTERFACE
# target NAME: its header's folder and its archive. The model is compiled again
# when it, its weights or the compiler change. HEADER_VARIABLE receives the path
# of NAME.h.
function(sluice_add_model name)
  cmake_parse_arguments(ARG "" "MODEL;SIGNATURE;CXX_CLASS;HEADER_VARIABLE"
    "CPU;INPUT;FEED;FETCH;OPTIONS" ${ARGN})
  if(NOT ARG_MODEL)
    message(FATAL_ERROR "sluice_add_model(${name}): MODEL is missing")
  endif()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "sluice_add_model(${name}): unknown argument '${ARG_UNPARSED_ARGUMENTS}'")
  endif()
  get_filename_component(model ${ARG_MODEL} ABSOLUTE)
  if(NOT EXISTS ${model})
    message(FATAL_ERROR "sluice_add_model(${name}): no model at '${model}'")
  endif()

  set(flags "")
  if(ARG_SIGNATURE)
    list(APPEND flags --signature=${ARG_SIGNATURE})
  endif()
  if(ARG_CXX_CLASS)
    list(APPEND flags --cxx-class=${ARG_CXX_CLASS})
  endif()
  if(ARG_CPU)
    list(JOIN ARG_CPU "," levels)
    list(APPEND flags --cpu=${levels})
  endif()
  foreach(option INPUT FEED FETCH)
    string(TOLOWER ${option} flag)
    foreach(value ${ARG_${option}})
      list(APPEND flags --${flag}=${value})
    endforeach()
  endforeach()
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    list(APPEND flags --target=aarch64-linux-gnu)
  endif()
  list(APPEND flags ${ARG_OPTIONS})

  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name}.sluice)
  file(MAKE_DIRECTORY ${folder})
  set(archive ${folder}/lib${name}.a)
  # The depfile names what is inside a SavedModel's folder.
  set(inputs "")
  if(NOT IS_DIRECTORY ${model})
    set(inputs ${model})
  endif()
  add_custom_command(
    OUTPUT ${archive}
    BYPRODUCTS ${folder}/${name}.h ${folder}/${name}.hpp ${folder}/${name}.json
    COMMAND Sluice::sluice compile ${model} -o ${archive}
            --depfile=${folder}/${name}.d ${flags}
    DEPENDS Sluice::sluice ${inputs}
    DEPFILE ${folder}/${name}.d
    COMMENT "Sluice ${name}" VERBATIM)
  add_custom_target(${name}_sluice DEPENDS ${archive})

  if(NOT TARGET Threads::Threads)
    set(THREADS_PREFER_PTHREAD_FLAG ON)
    find_package(Threads REQUIRED)
  endif()
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_sluice)
  target_include_directories(${name} INTERFACE ${folder})
  target_link_libraries(${name} INTERFACE ${archive} Threads::Threads m)
  if(ARG_HEADER_VARIABLE)
    set(${ARG_HEADER_VARIABLE} ${folder}/${name}.h PARENT_SCOPE)
  endif()
endfunction()
