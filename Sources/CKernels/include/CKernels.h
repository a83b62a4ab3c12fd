// The one header that Swift imports: a new header is noticed by builds because this file changes with it.
#ifndef REPSCOPE_CKERNELS_H
#define REPSCOPE_CKERNELS_H

#include "Activations.h"
#include "Convolution.h"
#include "DoubleProducts.h"
#include "DoubleVectors.h"
#include "GaussianKernel.h"
#include "GramTile.h"
#include "GroupNorm.h"
#include "HalfFloat.h"
#include "LayerNorm.h"
#include "LogSumExp.h"
#include "NeighborPermutation.h"
#include "NeighborScan.h"
#include "PairRanks.h"
#include "Processor.h"
#include "Resampling.h"
#include "RowOperations.h"
#include "Softmax.h"
#include "SoftmaxLoss.h"
#include "SquaredDistances.h"

#endif
