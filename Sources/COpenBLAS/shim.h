#ifndef REPSCOPE_COPENBLAS_SHIM_H
#define REPSCOPE_COPENBLAS_SHIM_H
#include <cblas.h>
#endif
