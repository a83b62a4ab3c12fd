#define _GNU_SOURCE
#include "include/Processor.h"

#include <sched.h>
#include <string.h>
#include <unistd.h>

int repscope_usable_processors(void) {
  long count = 0;
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) count = CPU_COUNT(&allowed);
#endif
  if (count < 1) count = sysconf(_SC_NPROCESSORS_ONLN);
  return count < 1 ? 1 : (int)count;
}

#if defined(__x86_64__)
#include <cpuid.h>

unsigned repscope_instruction_sets(void) {
  __builtin_cpu_init();
  unsigned sets = 0;
  if (__builtin_cpu_supports("avx")) sets |= REPSCOPE_AVX;
  if (__builtin_cpu_supports("avx2")) sets |= REPSCOPE_AVX2;
  if (__builtin_cpu_supports("fma")) sets |= REPSCOPE_FMA;
  unsigned a, b, c, d;
  // F16C has no name in every compiler's list: leaf 1, ECX bit 29; it needs AVX state like AVX does.
  if ((sets & REPSCOPE_AVX) && __get_cpuid(1, &a, &b, &c, &d) && (c & (1u << 29))) sets |= REPSCOPE_F16C;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512cd")) {
    sets |= REPSCOPE_AVX512;
    if (__builtin_cpu_supports("avx512bf16")) sets |= REPSCOPE_AVX512_BF16;
  }
  return sets;
}

void repscope_processor_name(char *buffer, size_t capacity) {
  if (capacity == 0) return;
  buffer[0] = 0;
  unsigned words[12];
  if (__get_cpuid_max(0x80000000u, 0) < 0x80000004u) return;
  for (unsigned leaf = 0; leaf < 3; leaf++) {
    __get_cpuid(0x80000002u + leaf, &words[4 * leaf], &words[4 * leaf + 1], &words[4 * leaf + 2],
                &words[4 * leaf + 3]);
  }
  char text[sizeof words + 1];
  memcpy(text, words, sizeof words);
  text[sizeof words] = 0;
  const char *start = text;
  while (*start == ' ') start++;
  size_t length = strlen(start);
  while (length > 0 && start[length - 1] == ' ') length--;
  if (length > capacity - 1) length = capacity - 1;
  memcpy(buffer, start, length);
  buffer[length] = 0;
}

#else

unsigned repscope_instruction_sets(void) { return 0; }

void repscope_processor_name(char *buffer, size_t capacity) {
  if (capacity > 0) buffer[0] = 0;
}

#endif
