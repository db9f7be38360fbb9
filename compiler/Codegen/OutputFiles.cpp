//===- OutputFiles.cpp - Writing files whole or not at all ----------------===//

#include "compiler/Codegen/OutputFiles.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Signals.h"
#include <cerrno>
#include <unistd.h>

using namespace sluice;
using llvm::Error;
using llvm::StringRef;

static Error systemError(StringRef what, StringRef path, std::error_code code) {
  return llvm::createStringError(code, "cannot " + what + " '" + path +
                                           "': " + code.message());
}

static std::error_code lastError() {
  return std::error_code(errno, std::generic_category());
}

static std::error_code writeBytes(int fd, StringRef bytes) {
  while (!bytes.empty()) {
    // The kernel takes 2 GiB at most in one call.
    ssize_t count =
        ::write(fd, bytes.data(), std::min<size_t>(bytes.size(), 1 << 30));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return lastError();
    bytes = bytes.drop_front(static_cast<size_t>(count));
  }
  return {};
}

static Error writeAll(int fd, const OutputFile &file) {
  if (!file.write) {
    std::error_code code = writeBytes(fd, file.bytes);
    return code ? systemError("write", file.path, code) : Error::success();
  }
  llvm::raw_fd_ostream stream(fd, /*shouldClose=*/false);
  Error error = file.write(stream);
  stream.flush();
  std::error_code code = stream.error();
  stream.clear_error();
  if (code && !error)
    error = systemError("write", file.path, code);
  return error;
}

namespace {
// Temporaries of one set of files; those still there at the end are removed.
class Temporaries {
public:
  ~Temporaries() {
    for (const std::string &path : paths)
      drop(path);
  }
  Error add(const OutputFile &file);
  Error renameTo(size_t index, const std::string &path);

private:
  static void drop(const std::string &path) {
    if (path.empty())
      return;
    llvm::sys::fs::remove(path);
    llvm::sys::DontRemoveFileOnSignal(path);
  }
  std::vector<std::string> paths; // "" once renamed
};
} // namespace

Error Temporaries::add(const OutputFile &file) {
  int fd = -1;
  std::string path;
  for (unsigned attempt = 0;; ++attempt) {
    path = file.path + ".tmp" + std::to_string(::getpid()) + "." +
           std::to_string(attempt);
    std::error_code code = llvm::sys::fs::openFileForWrite(
        path, fd, llvm::sys::fs::CD_CreateNew, llvm::sys::fs::OF_None, 0666);
    if (!code)
      break;
    if (code != std::errc::file_exists || attempt > 1000)
      return systemError("write", file.path, code);
  }
  paths.push_back(path);
  llvm::sys::RemoveFileOnSignal(path);
  Error error = writeAll(fd, file);
  std::error_code code;
  if (!error && ::fsync(fd) != 0 && errno != EINVAL)
    code = lastError();
  if (::close(fd) != 0 && !code)
    code = lastError();
  if (!error && code)
    error = systemError("write", file.path, code);
  return error;
}

Error Temporaries::renameTo(size_t index, const std::string &path) {
  if (std::error_code code = llvm::sys::fs::rename(paths[index], path))
    return systemError("write", path, code);
  llvm::sys::DontRemoveFileOnSignal(paths[index]);
  paths[index].clear();
  return Error::success();
}

// Devices and pipes are written to; a rename would replace them.
static Error writeSpecial(const OutputFile &file) {
  int fd = -1;
  std::error_code code = llvm::sys::fs::openFileForWrite(
      file.path, fd, llvm::sys::fs::CD_OpenExisting);
  if (code)
    return systemError("write", file.path, code);
  Error error = writeAll(fd, file);
  if (::close(fd) != 0 && !error)
    error = systemError("write", file.path, lastError());
  return error;
}

Error sluice::writeFiles(llvm::ArrayRef<OutputFile> files) {
  Temporaries temporaries;
  std::vector<const OutputFile *> regular, special;
  for (const OutputFile &file : files) {
    llvm::sys::fs::file_status status;
    bool exists = !llvm::sys::fs::status(file.path, status);
    if (exists && llvm::sys::fs::is_directory(status))
      return llvm::createStringError("cannot write '" + file.path +
                                     "': it is a directory");
    bool isFile = !exists || llvm::sys::fs::is_regular_file(status);
    (isFile ? regular : special).push_back(&file);
  }
  for (const OutputFile *file : regular)
    if (Error error = temporaries.add(*file))
      return error;
  for (const OutputFile *file : special)
    if (Error error = writeSpecial(*file))
      return error;
  for (size_t i = 0; i < regular.size(); ++i)
    if (Error error = temporaries.renameTo(i, regular[i]->path))
      return error;
  return Error::success();
}
