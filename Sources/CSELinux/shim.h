/* What HookSELinux uses of libselinux, and nothing else of the C library. */
#include <selinux/selinux.h>
#include <selinux/avc.h> /* the status page */
