/* What HookSeccomp uses of libseccomp, and what of its interface Swift cannot import: actions are macros with arguments. */
#include <seccomp.h>

static inline uint32_t oh_scmp_allow(void) { return SCMP_ACT_ALLOW; }
static inline uint32_t oh_scmp_notify(void) { return SCMP_ACT_NOTIFY; }
static inline uint32_t oh_scmp_kill_process(void) { return SCMP_ACT_KILL_PROCESS; }
static inline uint32_t oh_scmp_errno(uint16_t number) { return SCMP_ACT_ERRNO(number); }
