//===- Process.cpp - The process never dies of a signal -------------------===//

#include "tools/sluice/Process.h"
#include "llvm/Support/ErrorHandling.h"
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>
#include <pthread.h>
#include <unistd.h>

using namespace sluice;

// Deep graphs mean deep recursion in code that is not ours. Under a limit on
// address space a smaller stack has to do.
static constexpr size_t stackSizes[] = {size_t(512) << 20, size_t(64) << 20,
                                        size_t(8) << 20};

static bool runOnThread(size_t stackBytes, llvm::function_ref<void()> body) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0)
    return false;
  pthread_t thread;
  auto enter = [](void *argument) -> void * {
    (*static_cast<llvm::function_ref<void()> *>(argument))();
    return nullptr;
  };
  bool started = pthread_attr_setstacksize(&attributes, stackBytes) == 0 &&
                 pthread_create(&thread, &attributes, enter, &body) == 0;
  pthread_attr_destroy(&attributes);
  if (started)
    pthread_join(thread, nullptr);
  return started;
}

static void say(const char *text) {
  // A message that cannot be written cannot be helped.
  ssize_t written = write(STDERR_FILENO, text, std::strlen(text));
  (void)written;
}

[[noreturn]] static void onFault(int signal) {
  say("sluice: error: internal error (");
  say(signal == SIGSEGV   ? "invalid memory access"
      : signal == SIGBUS  ? "bus error"
      : signal == SIGABRT ? "abort"
      : signal == SIGFPE  ? "arithmetic fault"
                          : "illegal instruction");
  say(")\nhelp: please report this as a bug, with the model if you can\n");
  _exit(70);
}

[[noreturn]] static void onExhausted() {
  say("sluice: error: out of memory\n");
  _exit(1);
}

static void onFatalError(void *, const char *reason, bool) {
  say("sluice: error: internal error (");
  say(reason);
  say(")\n");
  _exit(70);
}

static void onBadAlloc(void *, const char *, bool) { onExhausted(); }

static void installHandlers() {
  // Per thread: a stack of its own, for faults of an exhausted one.
  static char storage[64 << 10];
  stack_t alternate = {};
  alternate.ss_sp = storage;
  alternate.ss_size = sizeof(storage);
  sigaltstack(&alternate, nullptr);
  struct sigaction action = {};
  action.sa_handler = onFault;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL})
    sigaction(signal, &action, nullptr);
}

int sluice::runGuarded(llvm::function_ref<int()> main) {
  std::set_new_handler(onExhausted);
  llvm::install_fatal_error_handler(onFatalError);
  llvm::install_bad_alloc_error_handler(onBadAlloc);
  signal(SIGPIPE, SIG_IGN);
  // A debugger sees faults where they happen.
  bool guarded = !std::getenv("SLUICE_NO_GUARD");
  int code = 70;
  auto body = [&] {
    if (guarded)
      installHandlers();
    code = main();
  };
  for (size_t bytes : stackSizes)
    if (runOnThread(bytes, body))
      return code;
  body();
  return code;
}
