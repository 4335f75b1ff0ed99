/* What HookAudit uses of libaudit, and nothing else of the C library. */
#include <libaudit.h>
