/*===- MachineLoops.h - What this core can do at this moment -----*- C -*-===*\
|*
|* Loops whose speed only the core and its memory bound: independent
|* multiply-adds in the widest registers, reading and copying a block. The
|* caller takes the time, beside what it measures. The benchmark's program uses
|* them too.
|*
\*===----------------------------------------------------------------------===*/

#ifndef SLUICE_TOOLS_SLUICE_MACHINELOOPS_H
#define SLUICE_TOOLS_SLUICE_MACHINELOOPS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The f32 operations of one round of the multiply-add loop: it has as many
   chains as hide the instruction's latency, in the widest registers that the
   machine has. */
int64_t machine_operations_per_round(void);
void machine_multiply_add(int64_t rounds);

/* Reads `bytes`, a multiple of 4096, `rounds` times. */
void machine_read(const void *block, size_t bytes, int64_t rounds);

/* Copies the first half of `bytes` onto the second, `rounds` times: each round
   reads and writes `bytes` altogether. */
void machine_copy(void *block, size_t bytes, int64_t rounds);

/* Bytes of the core's data caches of level 1 to 3 as the system tells them;
   0 where it does not know one. */
size_t machine_cache_bytes(int level);

#ifdef __cplusplus
}
#endif

#endif
