#ifndef REPSCOPE_CONVOLUTION_H
#define REPSCOPE_CONVOLUTION_H

#include <stdbool.h>
#include <stddef.h>

/// Output channels that are computed side by side.
enum { repscope_convolution_panel_width = 64 };
static const long repscope_convolution_panel = repscope_convolution_panel_width;

/// Weights [outputs, inputs, size, size] in the order in which `repscope_convolve_rows` reads them: for every panel of output
/// channels, kernel row, kernel column and input channel, the panel's weights side by side. What is missing in the last panel
/// is 0. `packed` has room for ceil(outputs / panel) * panel * inputs * size * size elements.
void repscope_pack_convolution(const float *weight, size_t outputs, size_t inputs, size_t size, float *packed);

/// A convolution of some rows: out[y, x, o] = bias[o] + sum over (i, j, c) of weight[o, c, i, j] *
/// rows[(y * stride + i) * rowLength + (x * stride + j) * inputs + c], added to what `out` holds where it `keeps` that.
///
/// `out` is [height, width, outputs]. Every sum runs over the kernel's rows, and in each over its columns and the input
/// channels, whatever `height` is: results do not depend on how many rows are given at once.
///
/// - instructionSets: What may be used of them, as `repscope_instruction_sets` tells; it must not be more than there is.
void repscope_convolve_rows(unsigned instructionSets, const float *rows, size_t rowLength, size_t stride,
                            size_t inputs, size_t size, const float *packed, const float *bias, size_t outputs,
                            size_t height, size_t width, bool keeps, float *out);

#endif
