/* The wire format, packed; see the protocol's page. */
#ifndef OPENHOOK_YARDSTICK_MESSAGES_H
#define OPENHOOK_YARDSTICK_MESSAGES_H

#include <stdint.h>
#include <sys/socket.h>

enum { COMMAND_OPEN = 1, LONGEST_MESSAGE = 4352 };

struct __attribute__((packed)) request {
  uint32_t message_size, command, flags, mode;
  uint16_t filename_len;
  char filename[];
};

struct __attribute__((packed)) reply {
  uint32_t message_size, command;
  int32_t result;
};

_Static_assert(sizeof(struct request) == 18 && sizeof(struct reply) == 12, "the protocol's sizes");

/* Room for one descriptor. */
union rights {
  char bytes[CMSG_SPACE(sizeof(int))];
  struct cmsghdr aligned;
};

#endif
