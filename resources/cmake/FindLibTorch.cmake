# SPDX-License-Identifier: GPL-3.0-or-later
# LibTorch as the target `normscope_torch`: headers, the libraries, and the C++ ABI they were built with. TorchConfig.cmake
# of the wheels pulls in CUDA and protobuf; this asks for no more than is linked.
#   NORMSCOPE_TORCH_ROOT  the folder that holds include/ and lib/ (the `torch` folder of a wheel, or /usr)
set(NORMSCOPE_TORCH_ROOT "" CACHE PATH "The folder with LibTorch's include/ and lib/")
find_path(LibTorch_INCLUDE_DIR ATen/ATen.h HINTS ${NORMSCOPE_TORCH_ROOT}/include)
find_path(LibTorch_API_INCLUDE_DIR torch/version.h torch/headeronly/version.h
  HINTS ${LibTorch_INCLUDE_DIR} ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include)
find_library(LibTorch_CPU torch_cpu HINTS ${NORMSCOPE_TORCH_ROOT}/lib)
find_library(LibTorch_C10 c10 HINTS ${NORMSCOPE_TORCH_ROOT}/lib)
find_library(LibTorch_LIBRARY torch HINTS ${NORMSCOPE_TORCH_ROOT}/lib)
find_library(LibTorch_CUDA torch_cuda HINTS ${NORMSCOPE_TORCH_ROOT}/lib NO_DEFAULT_PATH)

foreach(header torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
  if(LibTorch_INCLUDE_DIR AND EXISTS ${LibTorch_INCLUDE_DIR}/${header} AND NOT LibTorch_VERSION)
    file(STRINGS ${LibTorch_INCLUDE_DIR}/${header} lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
    string(REGEX REPLACE "[^0-9;]*([0-9]+)" "\\1" numbers "${lines}")
    string(REPLACE ";" "." LibTorch_VERSION "${numbers}")
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_LIBRARY LibTorch_CPU LibTorch_C10 LibTorch_INCLUDE_DIR VERSION_VAR LibTorch_VERSION)
if(LibTorch_FOUND AND LibTorch_VERSION VERSION_LESS 2.6)
  message(FATAL_ERROR "LibTorch ${LibTorch_VERSION} in ${LibTorch_INCLUDE_DIR} is too old: 2.6 or newer is needed.
Name a newer one with -DNORMSCOPE_TORCH_ROOT=FOLDER, or let ./dev fetch one (./dev setup).")
endif()
if(LibTorch_FOUND AND NOT TARGET normscope_torch)
  add_library(normscope_torch INTERFACE)
  target_include_directories(normscope_torch SYSTEM INTERFACE
    ${LibTorch_INCLUDE_DIR} ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include)
  # NDEBUG in every build type: LibTorch's ABI differs without it.
  target_compile_definitions(normscope_torch INTERFACE NDEBUG)
  get_filename_component(LibTorch_LIB_DIR ${LibTorch_LIBRARY} DIRECTORY)
  if(LibTorch_CUDA) # its libraries register the device when they load
    target_link_libraries(normscope_torch INTERFACE -Wl,--no-as-needed ${LibTorch_LIBRARY} ${LibTorch_CUDA} -Wl,--as-needed)
  endif()
  target_link_libraries(normscope_torch INTERFACE ${LibTorch_LIBRARY} ${LibTorch_CPU} ${LibTorch_C10})
  target_link_options(normscope_torch INTERFACE -Wl,-rpath,${LibTorch_LIB_DIR})
endif()
