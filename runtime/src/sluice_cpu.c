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

int sluice_cpu_supports(const sluice_level *level) {
  if (level->os_state && (enabled_state() & level->os_state) != level->os_state)
    return 0;
  for (int32_t i = 0; i < level->bit_count; ++i) {
    const sluice_cpu_bits *bits = &level->bits[i];
    uint32_t out[4];
    cpuid(bits->leaf & UINT32_C(0x80000000), 0, out);
    if (out[0] < bits->leaf)
      return 0;
    cpuid(bits->leaf, bits->subleaf, out);
    for (int r = 0; r < 4; ++r)
      if ((out[r] & bits->mask[r]) != bits->mask[r])
        return 0;
  }
  return 1;
}

#elif defined(__aarch64__)

unsigned long getauxval(unsigned long type);

int sluice_cpu_supports(const sluice_level *level) {
  for (int32_t i = 0; i < level->bit_count; ++i) {
    const sluice_cpu_bits *bits = &level->bits[i];
    uint64_t mask = ((uint64_t)bits->mask[1] << 32) | bits->mask[0];
    if ((getauxval(bits->leaf) & mask) != mask)
      return 0;
  }
  return 1;
}

#else
#error "Sluice has no runtime for this architecture"
#endif
