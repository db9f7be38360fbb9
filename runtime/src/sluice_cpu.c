/*===- sluice_cpu.c - Does this machine have what a level needs --*- C -*-===*\
|*
|* The compiler turns instruction sets into bits to look at, so this file knows
|* none of them by name.
|*
\*===----------------------------------------------------------------------===*/

#include "sluice/abi.h"

#if defined(__x86_64__)

static void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4]) {
  __asm__ volatile("cpuid"
                   : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
                   : "a"(leaf), "c"(subleaf));
}

/* Register state that the system saves; 0 when it does not say. */
static uint64_t enabled_state(void) {
  uint32_t out[4], low, high;
  cpuid(1, 0, out);
  if (!(out[2] & (UINT32_C(1) << 27))) /* OSXSAVE */
    return 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
}

/* All zero for a leaf that the processor does not have. */
static void read_leaf(uint32_t leaf, uint32_t subleaf, uint32_t out[4]) {
  cpuid(leaf & UINT32_C(0x80000000), 0, out);
  if (out[0] < leaf)
    out[0] = out[1] = out[2] = out[3] = 0;
  else
    cpuid(leaf, subleaf, out);
}

int32_t sluice_cpu_missing(const sluice_level *level, int32_t from) {
  const sluice_cpu_bits *last = 0;
  uint32_t out[4] = {0};
  for (; from < level->bit_count; ++from) {
    const sluice_cpu_bits *bits = &level->bits[from];
    /* Sets of one leaf follow one another: CPUID is slow, in a virtual machine
       very. */
    if (!last || last->leaf != bits->leaf || last->subleaf != bits->subleaf)
      read_leaf(bits->leaf, bits->subleaf, out);
    last = bits;
    for (int r = 0; r < 4; ++r)
      if ((out[r] & bits->mask[r]) != bits->mask[r])
        return from;
  }
  return from;
}

int sluice_cpu_supports(const sluice_level *level) {
  return (!level->os_state ||
          (enabled_state() & level->os_state) == level->os_state) &&
         sluice_cpu_missing(level, 0) >= level->bit_count;
}

#elif defined(__aarch64__)

unsigned long getauxval(unsigned long type);

int32_t sluice_cpu_missing(const sluice_level *level, int32_t from) {
  for (; from < level->bit_count; ++from) {
    const sluice_cpu_bits *bits = &level->bits[from];
    uint64_t mask = ((uint64_t)bits->mask[1] << 32) | bits->mask[0];
    if ((getauxval(bits->leaf) & mask) != mask)
      break;
  }
  return from;
}

int sluice_cpu_supports(const sluice_level *level) {
  return sluice_cpu_missing(level, 0) >= level->bit_count;
}

#else
#error "Sluice has no runtime for this architecture"
#endif
