#ifndef REPSCOPE_DISPATCH_H
#define REPSCOPE_DISPATCH_H

// Marks a function that the compiler builds once per instruction set; the loader picks the best one.
#if defined(__x86_64__) && defined(__linux__)
#define REPSCOPE_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define REPSCOPE_KERNEL
#endif

// A kernel's inner function: it must go into each clone, or it would be built for the oldest processor only.
#define REPSCOPE_INLINE static inline __attribute__((always_inline))

#endif
