#ifndef REPSCOPE_PROCESSOR_H
#define REPSCOPE_PROCESSOR_H

#include <stddef.h>

/// Instruction sets that matter to the choice of a matrix kernel, as bits.
enum repscope_instruction_set {
  REPSCOPE_AVX = 1 << 0,
  REPSCOPE_AVX2 = 1 << 1,
  REPSCOPE_FMA = 1 << 2,
  REPSCOPE_F16C = 1 << 3,
  REPSCOPE_AVX512 = 1 << 4,       // F, BW, DQ, VL and CD together: what AVX-512 kernels assume
  REPSCOPE_AVX512_BF16 = 1 << 5,
};

/// The instruction sets of this processor that the operating system lets programs use.
unsigned repscope_instruction_sets(void);

/// Writes the processor's own name, NUL-terminated, or an empty text where it has none to tell.
void repscope_processor_name(char *buffer, size_t capacity);

/// The number of processors that this process may run on, at least one.
int repscope_usable_processors(void);

#endif
