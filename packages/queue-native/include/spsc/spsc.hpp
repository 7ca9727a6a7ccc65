// All of it. Each header also stands alone.
#pragma once

#include "index_ring.hpp"
#include "line_ring.hpp"
#include "memory.hpp"
#include "mutex_queue.hpp"
#include "sab_ring.hpp"
