/*===- sluice.h - What is the same for every compiled model -------*- C -*-===*\
|*
|* The user's side of the runtime. Each generated header repeats this text under
|* the same guard, so a program needs no second header; tools that work on any
|* model include it from here. C99 and C++11 or later; 64-bit targets.
|*
\*===----------------------------------------------------------------------===*/

#ifndef SLUICE_ABI
#define SLUICE_ABI 1 /* grows when a structure or a rule below changes */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every function that can fail returns one of these; 0 is success. */
enum {
  SLUICE_OK = 0,
  SLUICE_NULL_ARGUMENT = 1,       /* instance, model, arguments */
  SLUICE_NOT_INITIALISED = 2,     /* instance without a successful init */
  SLUICE_ABI_MISMATCH = 3,        /* model and runtime differ in SLUICE_ABI */
  SLUICE_CPU_UNSUPPORTED = 4,     /* CPU lacks what the model needs */
  SLUICE_ENTRY_OUT_OF_RANGE = 5,  /* no such entry */
  SLUICE_TENSOR_NULL = 6,         /* an input or output pointer is null */
  SLUICE_TENSOR_MISALIGNED = 7,   /* below the element type's alignment */
  SLUICE_TENSOR_OVERLAP = 8,      /* an output or the workspace overlaps */
  SLUICE_WORKSPACE_TOO_SMALL = 9, /* error.required says how many bytes */
  SLUICE_DIM_OUT_OF_RANGE = 10,   /* a dimension below its minimum */
  SLUICE_DIM_MISMATCH = 11,       /* two dimensions must be equal */
  SLUICE_BOUND_EXCEEDED = 12,     /* a dimension above its bound */
  SLUICE_OUTPUT_TOO_SMALL = 13,   /* capacity of a data-dependent output */
  SLUICE_ASSERT_FAILED = 14,      /* an Assert of the model */
  SLUICE_INDEX_OUT_OF_RANGE = 15, /* error.found is the index */
  SLUICE_VALUE_OUT_OF_RANGE = 16, /* a value the operator cannot take */
  SLUICE_DIVISION_BY_ZERO = 17,   /* integer division */
  SLUICE_STATE_MISSING = 18,      /* the model has variables, state is null */
  SLUICE_STATE_MISALIGNED = 19,   /* below 8 bytes */
  SLUICE_STATE_NOT_INITIALISED = 20, /* call NAME_state_init first */
  SLUICE_STATE_MISMATCH = 21,        /* block of another model or layout */
  SLUICE_DEVICE_UNAVAILABLE = 22,    /* no driver, no such device */
  SLUICE_DEVICE_FAILED = 23,         /* the device reported an error */
  SLUICE_SIZE_MISMATCH = 24,         /* a buffer of another size (C++) */
  SLUICE_OUT_OF_MEMORY = 25,         /* only from the C++ classes */
  SLUICE_STATUS_COUNT = 26
};

/* A constant, lower-case sentence for any number. */
const char *sluice_status_text(int status);

/* Element types. Half and bfloat16 travel as their bits in uint16_t, bool as a
   byte of 0 or 1, complex as real part followed by imaginary part. */
enum {
  SLUICE_BOOL = 0,
  SLUICE_I8 = 1,
  SLUICE_I16 = 2,
  SLUICE_I32 = 3,
  SLUICE_I64 = 4,
  SLUICE_U8 = 5,
  SLUICE_U16 = 6,
  SLUICE_U32 = 7,
  SLUICE_U64 = 8,
  SLUICE_F16 = 9,
  SLUICE_BF16 = 10,
  SLUICE_F32 = 11,
  SLUICE_F64 = 12,
  SLUICE_C64 = 13,
  SLUICE_C128 = 14,
  SLUICE_STRING = 15,
  SLUICE_TYPE_COUNT = 16
};

/* Of a result, data points into an input, a constant of the model or the
   workspace: it is valid until the next run, and only after a run that
   returned 0. It need not end with a zero byte. */
typedef struct sluice_string {
  const char *data;
  size_t size;
} sluice_string;

/* How to run count independent tasks; returns when all are done. A count of 0
   tells that a run of the model is over: threads need not stay awake. */
typedef struct sluice_threads {
  void (*run)(void *context, int64_t count,
              void (*task)(void *arg, int64_t index), void *arg);
  void *context;
  int concurrency; /* tasks that can run at the same time: only a hint */
} sluice_threads;

/* An optional pool, linked only when called. The creating thread is one of
   `threads`; null when threads < 1 or the system refuses. One run at a time. */
sluice_threads *sluice_pool_create(int threads);
/* How long threads wait awake after a run before they sleep; 0 at first. A run
   that begins meanwhile saves the time to wake them, 30 to 60 us. */
void sluice_pool_spin(sluice_threads *pool, int64_t microseconds);
void sluice_pool_destroy(sluice_threads *pool);

/* What is known about the last failure of an instance. Strings are constants of
   the model or empty. */
typedef struct sluice_error {
  int32_t status;
  int32_t flags;         /* SLUICE_STATE_MODIFIED */
  int32_t node;          /* index into the model's nodes, or -1 */
  int32_t message;       /* index into the model's messages, or -1 */
  int32_t tensor;        /* index into the entry's tensors, or -1 */
  int32_t dim;           /* index into the entry's dims, or -1 */
  int64_t required;      /* bytes, elements or bound, where one applies */
  int64_t found;         /* what was there instead */
  const char *node_name; /* as in the model file */
  const char *node_op;   /* operator of that node */
  const char *text;      /* name of the tensor or dimension, or the message */
} sluice_error;

enum { SLUICE_STATE_MODIFIED = 1 }; /* the failing run had written variables */

/* Reflection: a model's constant description. */
enum {
  SLUICE_TENSOR_OUTPUT = 1, /* written by the run */
  SLUICE_TENSOR_UNUSED = 2, /* an input no output depends on */
  SLUICE_TENSOR_SIZED = 4   /* data-dependent size: see capacity_offset */
};

typedef struct sluice_tensor {
  const char *name;     /* field of the args struct */
  const char *original; /* name in the model's signature */
  const char *source;   /* tensor in the graph, such as "node:0" */
  int32_t type;         /* SLUICE_F32, ... */
  int32_t rank;
  const int64_t *dims;     /* rank values; -1: dynamic */
  const int32_t *dim_args; /* rank indices into the entry's dims, -1: static */
  int64_t bytes;           /* -1: depends on dims */
  int64_t offset;          /* of the pointer in the args struct */
  int64_t capacity_offset; /* of OUTPUT_capacity, or -1 */
  uint32_t flags;
  uint32_t element_size;
} sluice_tensor;

typedef struct sluice_dim {
  const char *name;
  int64_t min;
  int64_t max; /* -1: no bound */
} sluice_dim;

enum {
  SLUICE_ENTRY_STATE = 1,  /* writes state */
  SLUICE_ENTRY_STRINGS = 2 /* makes strings: what the workspace holds beyond
                              workspace_size is space for their characters */
};

struct sluice_call; /* what compiled code receives: sluice/abi.h */

typedef struct sluice_entry {
  const char *name;             /* part of the C names; "" for the only entry */
  const char *original;         /* key of the signature */
  const sluice_tensor *tensors; /* inputs, then outputs */
  const sluice_dim *dims;
  int32_t input_count;
  int32_t output_count;
  int32_t dim_count;
  uint32_t flags;         /* SLUICE_ENTRY_STATE, SLUICE_ENTRY_STRINGS */
  int64_t args_size;      /* of the args struct; its dims come first */
  int64_t workspace_size; /* bytes behind a 64-byte boundary; at the bounds */
  /* null when workspace_size holds for every dims */
  int32_t (*workspace_bytes)(const int64_t *dims, int64_t *bytes);
  int32_t (*const *functions)(const struct sluice_call *); /* one per level */
} sluice_entry;

/* Instruction sets: on x86, bits that CPUID must report; on AArch64, leaf is
   AT_HWCAP or AT_HWCAP2 and the first mask holds the bits. */
typedef struct sluice_cpu_bits {
  uint32_t leaf;
  uint32_t subleaf;
  uint32_t mask[4]; /* eax, ebx, ecx, edx */
} sluice_cpu_bits;

typedef struct sluice_level {
  const char *name;     /* such as "x86-64-v3" */
  const char *features; /* the instruction sets, with spaces between them */
  const sluice_cpu_bits *bits; /* one for each of them */
  int32_t bit_count;
  int32_t reserved;
  uint64_t os_state; /* x86: bits of XCR0 that must be enabled */
} sluice_level;

typedef struct sluice_variable {
  const char *name;
  const char *checkpoint_key;
  const int64_t *dims;
  int32_t type;
  int32_t rank;
  int64_t offset; /* in the state block */
  int64_t bytes;
  uint32_t flags; /* bit 0: trainable */
  uint32_t layout;
} sluice_variable;

typedef struct sluice_node {
  const char *name;
  const char *op;
} sluice_node;

typedef struct sluice_model {
  uint32_t abi;  /* SLUICE_ABI of the compiler */
  uint32_t size; /* of this structure */
  const void *abi_symbol;
  const char *name;
  const char *source;   /* what it was compiled from */
  const char *compiler; /* version of Sluice */
  const char *triple;
  uint8_t content_hash[32];
  const sluice_entry *entries;
  const sluice_level *levels; /* best first */
  const sluice_node *nodes;
  const char *const *messages;
  int32_t entry_count;
  int32_t level_count;
  int32_t node_count;
  int32_t message_count;
  uint32_t relax;         /* arithmetic beyond IEEE, one bit each; 0: none */
  uint32_t device;        /* 0: CPU */
  int64_t workspace_size; /* enough for any entry */
  int64_t workspace_alignment;
  int64_t weight_bytes;
  /* variables: all zero for models without state */
  int64_t state_size;
  uint64_t state_hash;
  const sluice_variable *variables;
  int32_t variable_count;
  int32_t image_count; /* GPU images: zero for CPU models */
  const void *images;
  int32_t (*state_init)(void *state, uint64_t seed);
  uint64_t reserved[4];
} sluice_model;

/* Zero-initialise; every field may stay 0. */
typedef struct sluice_options {
  void *workspace;
  size_t workspace_size;
  void *state;                   /* only for models with variables */
  const sluice_threads *threads; /* null: the calling thread */
  int device;                    /* GPU builds: device ordinal */
} sluice_options;

/* Owned by the caller, one per concurrent run. The fields are the runtime's. */
typedef struct sluice_instance {
  const sluice_model *model;
  void *workspace;
  size_t workspace_size;
  void *state;
  const sluice_threads *threads;
  int32_t device;
  int32_t level;
  uint64_t check;
  sluice_error error;
  uint64_t reserved[4];
} sluice_instance;

/* Any model, by its descriptor. sluice_run takes one pointer per tensor, inputs
   first, and one value per dim of the entry (null when it has none). Nothing
   here allocates, locks, or touches errno.
   Where an entry makes strings, sluice_workspace_size counts none of their
   characters: a run that finds no room for them returns
   SLUICE_WORKSPACE_TOO_SMALL, and error.required bytes suffice for the same
   inputs. */
int sluice_init(sluice_instance *instance, const sluice_model *model,
                const sluice_options *options);
int sluice_set_workspace(sluice_instance *instance, void *workspace,
                         size_t size);
int sluice_workspace_size(const sluice_model *model, int32_t entry,
                          const int64_t *dims, size_t *size);
int sluice_run(sluice_instance *instance, int32_t entry, void *const *tensors,
               const int64_t *dims);
int sluice_run_args(sluice_instance *instance, int32_t entry, const void *args);
void sluice_release(sluice_instance *instance);

/* Never null for an instance; valid until its next call. */
const sluice_error *sluice_last_error(const sluice_instance *instance);
/* Writes one line about the last error, always terminated when size > 0;
   returns its full length. */
size_t sluice_error_text(const sluice_instance *instance, char *buffer,
                         size_t size);

#ifdef __cplusplus
}
#endif

#elif SLUICE_ABI != 1
#error                                                                         \
    "two Sluice models with different ABI versions: compile them with the same Sluice"
#endif /* SLUICE_ABI */
