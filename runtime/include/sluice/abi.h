/*===- abi.h - The contract between compiled code and the runtime -*- C -*-===*\
|*
|* Read by the compiler and by the runtime, never by users. Compiled code
defines
|* one hidden function of type sluice_entry_function per entry and instruction
|* level and calls sluice_parallel; all else is the runtime's.
|*
|* What compiled code may rely on when an entry is called:
|*   - every tensor is non-null (or has no elements), aligned to its element
|*     type and no more, and no output overlaps anything;
|*   - every dim lies in its stated range;
|*   - the workspace starts on a 64-byte boundary and holds the entry's
|*     workspace_size bytes: the runtime aligns it inside the caller's block;
|*   - with SLUICE_ENTRY_STRINGS the rest of that block, up to the instance's
|*     workspace + workspace_size, is string space, and nothing else lies there;
|*     when the entry's workspace_size is 0 there may be no block, or one that
|*     ends before that boundary;
|*   - the state is aligned to 8 bytes.
|* An entry returns a status; on failure it may first fill node, message,
|* required, found and flags of *error, which arrive as "nothing known".
|* String space is filled from its start, in the order in which an entry makes
|* strings. An entry that finds it too small goes on counting, writes nothing
|* beyond it, and returns SLUICE_WORKSPACE_TOO_SMALL with the first node that
|* found no room and, in required, a size of the whole block that suffices
|* whatever the block's alignment.
|*
\*===----------------------------------------------------------------------===*/

#ifndef SLUICE_RUNTIME_ABI_H
#define SLUICE_RUNTIME_ABI_H

#include "sluice/sluice.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SLUICE_ALIGNMENT = 64 }; /* of the workspace handed to an entry */

typedef struct sluice_call {
  void *const *tensors; /* inputs then outputs, in descriptor order */
  const int64_t *dims;
  unsigned char *workspace;
  unsigned char *state;
  const sluice_threads *threads;
  sluice_error *error;
  int64_t *results; /* capacities and shapes of data-dependent outputs */
  const sluice_instance *instance;
} sluice_call;

typedef int32_t (*sluice_entry_function)(const sluice_call *call);

/* Runs a kernel over chunks [0, chunks): on the caller when threads is null or
   one task is enough, else a few contiguous ranges per unit of concurrency. */
void sluice_parallel(const sluice_threads *threads, int64_t chunks,
                     void (*kernel)(void *args, int64_t begin, int64_t end),
                     void *args);

/* Start of a state block; variables follow at constant offsets. */
typedef struct sluice_state_header {
  uint64_t magic; /* SLUICE_STATE_MAGIC */
  uint32_t abi;
  uint32_t initialised;
  uint64_t layout_hash; /* sluice_model.state_hash */
  uint64_t reserved[5];
} sluice_state_header;

#define SLUICE_STATE_MAGIC UINT64_C(0x65746174532d6c53)
#define SLUICE_INSTANCE_CHECK UINT64_C(0x656369756c532d31)

/* 1 when this machine has all that the level needs, and the system saves the
   registers. */
int sluice_cpu_supports(const sluice_level *level);

/* The first of the level's bits from `from` on that this machine lacks;
   bit_count when there is none. */
int32_t sluice_cpu_missing(const sluice_level *level, int32_t from);

/* Referenced by every model: linking against a runtime of another ABI fails. */
extern const unsigned char sluice_abi_1;

#ifdef __cplusplus
}
#define SLUICE_CHECK(condition) static_assert(condition, #condition)
#else
#define SLUICE_CHECK(condition) _Static_assert(condition, #condition)
#endif

/* The compiler writes these structures as data: their layout is the ABI. */
SLUICE_CHECK(sizeof(void *) == 8);
SLUICE_CHECK(sizeof(sluice_call) == 64);
SLUICE_CHECK(offsetof(sluice_call, workspace) == 16);
SLUICE_CHECK(offsetof(sluice_call, threads) == 32);
SLUICE_CHECK(offsetof(sluice_call, error) == 40);
SLUICE_CHECK(offsetof(sluice_call, instance) == 56);
SLUICE_CHECK(offsetof(sluice_instance, workspace) == 8);
SLUICE_CHECK(offsetof(sluice_instance, workspace_size) == 16);
SLUICE_CHECK(sizeof(sluice_error) == 64);
SLUICE_CHECK(offsetof(sluice_error, node) == 8);
SLUICE_CHECK(offsetof(sluice_error, required) == 24);
SLUICE_CHECK(offsetof(sluice_error, node_name) == 40);
SLUICE_CHECK(sizeof(sluice_threads) == 24);
SLUICE_CHECK(sizeof(sluice_state_header) == 64);
SLUICE_CHECK(sizeof(sluice_tensor) == 80);
SLUICE_CHECK(offsetof(sluice_tensor, type) == 24);
SLUICE_CHECK(offsetof(sluice_tensor, bytes) == 48);
SLUICE_CHECK(sizeof(sluice_dim) == 24);
SLUICE_CHECK(sizeof(sluice_entry) == 80);
SLUICE_CHECK(offsetof(sluice_entry, args_size) == 48);
SLUICE_CHECK(sizeof(sluice_cpu_bits) == 24);
SLUICE_CHECK(sizeof(sluice_level) == 40);
SLUICE_CHECK(sizeof(sluice_variable) == 56);
SLUICE_CHECK(sizeof(sluice_node) == 16);
SLUICE_CHECK(sizeof(sluice_model) == 240);
SLUICE_CHECK(offsetof(sluice_model, content_hash) == 48);
SLUICE_CHECK(offsetof(sluice_model, entries) == 80);
SLUICE_CHECK(offsetof(sluice_model, entry_count) == 112);
SLUICE_CHECK(offsetof(sluice_model, workspace_size) == 136);
SLUICE_CHECK(offsetof(sluice_model, state_size) == 160);
SLUICE_CHECK(sizeof(sluice_options) == 40);
SLUICE_CHECK(sizeof(sluice_instance) == 152);

#undef SLUICE_CHECK

#endif /* SLUICE_RUNTIME_ABI_H */
