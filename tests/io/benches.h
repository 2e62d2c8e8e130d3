#pragma once

#include "sim_bench.h"
#include "uv_bench.h"

/// What every implementation of the io interfaces is held to.
#define MOLDAU_IO_BENCHES moldau::io::testing::UvBench, moldau::io::testing::SimBench
