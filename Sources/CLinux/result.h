/* The one place where this module turns a C library result into `result or -errno`. */
#ifndef OPENHOOK_RESULT_H
#define OPENHOOK_RESULT_H
#include <errno.h>
#include <stdint.h>

static inline int32_t oh_result(int64_t value) { return value < 0 ? -errno : (int32_t)value; }
static inline int64_t oh_result64(int64_t value) { return value < 0 ? -errno : value; }
#endif
