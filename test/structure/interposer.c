/* Preloaded into a program: counts calls of the allocator, of locks and of
   files; the program asks with interposed_calls(). */

#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static long count;

#define COUNTED(type, name, parameters, ...)                                   \
  type name parameters {                                                       \
    static type(*real) parameters;                                             \
    if (!real)                                                                 \
      *(void **)&real = dlsym(RTLD_NEXT, #name);                               \
    __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);                           \
    return real(__VA_ARGS__);                                                  \
  }

COUNTED(void *, malloc, (size_t size), size)
COUNTED(void *, realloc, (void *block, size_t size), block, size)
COUNTED(void *, aligned_alloc, (size_t to, size_t size), to, size)
COUNTED(void *, mmap,
        (void *at, size_t size, int protection, int flags, int file, long from),
        at, size, protection, flags, file, from)
COUNTED(int, munmap, (void *at, size_t size), at, size)
COUNTED(int, pthread_mutex_lock, (void *mutex), mutex)
COUNTED(int, open, (const char *path, int flags, int mode), path, flags, mode)
COUNTED(char *, getenv, (const char *name), name)

/* free(NULL) and calloc run inside dlsym: free is counted without it. */
extern void __libc_free(void *block);
extern void *__libc_calloc(size_t count, size_t size);
void free(void *block) {
  __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
  __libc_free(block);
}
void *calloc(size_t number, size_t size) {
  __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
  return __libc_calloc(number, size);
}

long interposed_calls(void) {
  return __atomic_load_n(&count, __ATOMIC_RELAXED);
}
