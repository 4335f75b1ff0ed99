/* An open-hook client for tests, written from the protocol's text alone. It shares no code with the rest.
 *
 *   hook-client (--fd N | --socket PATH) [--seqpacket] [VARIANT…] ACTION…
 *
 * Variants hold for the actions after them:
 *   --packed --unpacked   a header of 18 bytes (default), or of 20 with the filename at 18 and the padding after it
 *   --nul --no-nul        filename_len counts one trailing NUL
 *   --bytewise --whole    one byte a send
 *   --descriptor --plain  sends a descriptor along with the request
 *   --use --keep          reads, locks and, if it may, writes what it is given (default: looks at it alone)
 *
 * Actions; FLAGS as in rdwr,creat or 0x42, MODE octal, NAME with \xNN for any byte:
 *   open FLAGS MODE NAME                sends a request, reads a reply
 *   pair FLAGS MODE NAME NAME           two requests in one segment (two packets with --seqpacket), two replies
 *   begin COUNT FLAGS MODE NAME         sends the first COUNT bytes of a request, reads nothing
 *   hex BYTES                           sends these bytes as they are, reads nothing
 *   reply                               reads a reply
 *   half-close                          shutdown(SHUT_WR)
 *   die                                 SIGKILL to itself
 *   direct FLAGS MODE NAME              no request: open(2) of its own; needs neither --fd nor --socket
 *
 * One line a reply: "ok flags=rdwr,direct size=4096" | "errno ENOENT" | "eof" | "stripped" | "odd WHY". An unknown
 * command's reply is "command=7 errno ENOSYS". What fails of --use stands behind: "ok flags=rdwr size=4096 read=EACCES". Exit status 0 unless the command line is wrong (2);
 * SIGALRM ends a client that waits for two minutes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { OPEN_COMMAND = 1, FIXED_SIZE = 18, UNPACKED_SIZE = 20, REPLY_SIZE = 12, LONGEST = 1 << 17 };

struct variant {
  int packets, unpacked, nul, bytewise, descriptor, use;
};

struct bytes {
  size_t count;
  unsigned char data[LONGEST];
};

static const struct { const char *word; int bits; } flag_words[] = {
    {"rdonly", O_RDONLY},     {"wronly", O_WRONLY},     {"rdwr", O_RDWR},           {"creat", O_CREAT},
    {"excl", O_EXCL},         {"noctty", O_NOCTTY},     {"trunc", O_TRUNC},         {"append", O_APPEND},
    {"nonblock", O_NONBLOCK}, {"sync", O_SYNC},         {"dsync", O_DSYNC},         {"direct", O_DIRECT},
    {"nofollow", O_NOFOLLOW}, {"noatime", O_NOATIME},   {"cloexec", O_CLOEXEC},     {"async", O_ASYNC},
    {"path", O_PATH},         {"tmpfile", O_TMPFILE},   {"directory", O_DIRECTORY},
};

static void usage(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("hook-client: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(2);
}

static uint32_t parse_flags(const char *text) {
  if (text[0] >= '0' && text[0] <= '9') return (uint32_t)strtoul(text, NULL, 0);
  uint32_t flags = 0;
  char copy[256];
  snprintf(copy, sizeof copy, "%s", text);
  for (char *word = strtok(copy, ","); word; word = strtok(NULL, ",")) {
    size_t i = 0, count = sizeof flag_words / sizeof *flag_words;
    while (i < count && strcmp(flag_words[i].word, word) != 0) i++;
    if (i == count) usage("unknown flag %s", word);
    flags |= (uint32_t)flag_words[i].bits;
  }
  return flags;
}

static unsigned hex_digit(char digit) {
  const char *digits = "0123456789abcdef", *found = digit ? strchr(digits, digit | 0x20) : NULL;
  if (!found) usage("not a hexadecimal digit: %c", digit);
  return (unsigned)(found - digits);
}

static void append(struct bytes *out, const void *data, size_t count) {
  if (count > sizeof out->data - out->count) usage("too many bytes");
  memcpy(out->data + out->count, data, count);
  out->count += count;
}

static void append_name(struct bytes *out, const char *name) {
  while (*name) {
    unsigned char byte = (unsigned char)*name++;
    if (byte == '\\' && *name == 'x' && name[1] && name[2]) {
      byte = (unsigned char)(hex_digit(name[1]) << 4 | hex_digit(name[2]));
      name += 3;
    }
    append(out, &byte, 1);
  }
}

static void append_request(struct bytes *out, const struct variant *variant, char *const *words) {
  static struct bytes name;
  name.count = 0;
  append_name(&name, words[2]);
  if (variant->nul) append(&name, "", 1);
  uint32_t size = (uint32_t)((variant->unpacked ? UNPACKED_SIZE : FIXED_SIZE) + name.count), command = OPEN_COMMAND;
  uint32_t flags = parse_flags(words[0]), mode = (uint32_t)strtoul(words[1], NULL, 8);
  uint16_t length = (uint16_t)name.count;
  append(out, &size, 4);
  append(out, &command, 4);
  append(out, &flags, 4);
  append(out, &mode, 4);
  append(out, &length, 2);
  append(out, name.data, name.count);
  if (variant->unpacked) append(out, "\xaa\xaa", UNPACKED_SIZE - FIXED_SIZE);
}

/* A send that fails is not reported: the reply that then does not come is. */
static void send_part(int fd, const void *data, size_t count, int descriptor) {
  union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr aligned; } control = {{0}};
  struct iovec part = {(void *)data, count};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (descriptor >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    *CMSG_FIRSTHDR(&message) = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &descriptor, sizeof descriptor);
  }
  if (sendmsg(fd, &message, MSG_NOSIGNAL) < 0 && descriptor >= 0) printf("send errno %s\n", strerrorname_np(errno));
}

static void send_bytes(int fd, const struct variant *variant, const struct bytes *bytes) {
  size_t step = variant->bytewise && bytes->count > 0 ? 1 : bytes->count;
  for (size_t at = 0; at < bytes->count; at += step) {
    send_part(fd, bytes->data + at, step, variant->descriptor && at == 0 ? STDIN_FILENO : -1);
  }
}

static void print_failure(const char *what, long result) {
  if (result < 0) printf(" %s=%s", what, strerrorname_np(errno));
}

/* What QEMU does with an image. The kernel judges each of it anew, whoever opened the file. */
static void use_file(int fd, int access) {
  char byte = 0;
  struct flock lock = {.l_type = access == O_RDONLY ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
  ssize_t got = 0;
  if (access != O_WRONLY) print_failure("read", got = pread(fd, &byte, 1, 0));
  if (access != O_RDONLY) print_failure("write", pwrite(fd, &byte, (size_t)(got > 0 || access == O_WRONLY), 0));
  print_failure("lock", fcntl(fd, F_OFD_SETLK, &lock));
}

static void print_grant(const struct variant *variant, int fd) {
  struct stat found;
  int flags = fcntl(fd, F_GETFL), access = flags & O_ACCMODE;
  printf("ok flags=%s", access == O_RDONLY ? "rdonly" : access == O_WRONLY ? "wronly" : access == O_RDWR ? "rdwr" : "?");
  flags &= ~O_ACCMODE;
  for (size_t i = 3; i < sizeof flag_words / sizeof *flag_words; i++) {
    int bits = flag_words[i].bits;
    if ((flags & bits) != bits) continue;
    printf(",%s", flag_words[i].word);
    flags &= ~bits;
  }
  printf(" size=%lld", fstat(fd, &found) < 0 ? -1LL : (long long)found.st_size);
  if (variant->use) use_file(fd, access);
  putchar('\n');
  close(fd);
}

/* 0 at the end of the connection. */
static int read_reply(int fd, const struct variant *variant) {
  unsigned char reply[REPLY_SIZE];
  union { char bytes[CMSG_SPACE(16 * sizeof(int))]; struct cmsghdr aligned; } control;
  size_t count = 0;
  int descriptor = -1, descriptors = 0, flags = 0;
  while (count < sizeof reply) {
    struct iovec part = {reply + count, sizeof reply - count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      puts(count == 0 ? (got < 0 && errno != ECONNRESET ? "odd receive" : "eof") : "odd truncated reply");
      return 0;
    }
    count += (size_t)got;
    flags |= message.msg_flags;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
      if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
      for (size_t at = 0; at + sizeof(int) <= part->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
        memcpy(&descriptor, CMSG_DATA(part) + at, sizeof descriptor);
        descriptors++;
      }
    }
  }
  uint32_t size, command;
  int32_t result;
  memcpy(&size, reply, 4);
  memcpy(&command, reply + 4, 4);
  memcpy(&result, reply + 8, 4);
  if (size != REPLY_SIZE || (flags & MSG_TRUNC)) printf("odd size %u\n", size);
  else if (result > 0 || (result < 0 && descriptors > 0) || descriptors > 1) printf("odd result %d with %d descriptors\n", result, descriptors);
  else {
    if (command != OPEN_COMMAND) printf("command=%u ", command);
    if (result < 0) {
      const char *name = strerrorname_np(-result);
      printf("errno %s\n", name ? name : "?");
    } else if (descriptors == 0) puts("stripped");
    else print_grant(variant, descriptor);
  }
  return 1;
}

static void open_directly(const struct variant *variant, char *const *words) {
  static struct bytes name;
  name.count = 0;
  append_name(&name, words[2]);
  append(&name, "", 1);
  int fd = open((const char *)name.data, (int)parse_flags(words[0]) | O_CLOEXEC, strtoul(words[1], NULL, 8));
  if (fd < 0) printf("errno %s\n", strerrorname_np(errno));
  else print_grant(variant, fd);
}

static int connect_to(const char *path, int packets) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, (packets ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC, 0);
  if (strlen(path) >= sizeof address.sun_path) usage("socket name too long");
  strcpy(address.sun_path, path);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    printf("connect errno %s\n", strerrorname_np(errno));
    exit(0);
  }
  return fd;
}

static int set_variant(struct variant *variant, const char *word) {
  const struct { const char *on, *off; int *value; } all[] = {
      {"--seqpacket", "--stream", &variant->packets}, {"--unpacked", "--packed", &variant->unpacked},
      {"--nul", "--no-nul", &variant->nul},           {"--bytewise", "--whole", &variant->bytewise},
      {"--descriptor", "--plain", &variant->descriptor}, {"--use", "--keep", &variant->use},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (strcmp(word, all[i].on) == 0) return *all[i].value = 1;
    if (strcmp(word, all[i].off) == 0) return *all[i].value = 0, 1;
  }
  return 0;
}

static void send_pair(int fd, const struct variant *variant, char *const *words) {
  static struct bytes both;
  both.count = 0;
  append_request(&both, variant, words);
  if (variant->packets) {
    send_bytes(fd, variant, &both);
    both.count = 0;
  }
  append_request(&both, variant, (char *const[]){words[0], words[1], words[3]});
  send_bytes(fd, variant, &both);
}

/* Performs the action at words[0]; how many words it took. Ends the program when the connection has ended. */
static int perform(int fd, const struct variant *variant, char *const *words, int count) {
  static struct bytes bytes;
  bytes.count = 0;
  const char *action = words[0];
  int replies = 0, taken = 1;
  if (strcmp(action, "direct") == 0 && count >= 4) {
    open_directly(variant, words + 1);
    return 4;
  }
  if (fd < 0) usage("--fd N or --socket PATH is needed");
  if (strcmp(action, "open") == 0 && count >= 4) {
    append_request(&bytes, variant, words + 1);
    send_bytes(fd, variant, &bytes);
    replies = 1, taken = 4;
  } else if (strcmp(action, "pair") == 0 && count >= 5) {
    send_pair(fd, variant, words + 1);
    replies = 2, taken = 5;
  } else if (strcmp(action, "begin") == 0 && count >= 5) {
    append_request(&bytes, variant, words + 2);
    size_t first = strtoul(words[1], NULL, 10);
    if (first < bytes.count) bytes.count = first;
    send_bytes(fd, variant, &bytes);
    taken = 5;
  } else if (strcmp(action, "hex") == 0 && count >= 2) {
    for (const char *digits = words[1]; digits[0]; digits += 2) {
      unsigned char byte = (unsigned char)(hex_digit(digits[0]) << 4 | hex_digit(digits[1]));
      append(&bytes, &byte, 1);
    }
    send_bytes(fd, variant, &bytes);
    taken = 2;
  } else if (strcmp(action, "reply") == 0) {
    replies = 1;
  } else if (strcmp(action, "half-close") == 0) {
    shutdown(fd, SHUT_WR);
  } else if (strcmp(action, "die") == 0) {
    raise(SIGKILL);
  } else {
    usage("unknown or incomplete action %s", action);
  }
  while (replies-- > 0) {
    if (!read_reply(fd, variant)) exit(0);
  }
  return taken;
}

int main(int argc, char **argv) {
  struct variant variant = {0};
  const char *path = NULL;
  int fd = -1, at = 1;
  setvbuf(stdout, NULL, _IOLBF, 0);
  alarm(120); /* a server that never answers fails the test instead of holding it */
  for (; at < argc; at++) {
    if (strcmp(argv[at], "--fd") == 0 && at + 1 < argc) fd = atoi(argv[++at]);
    else if (strcmp(argv[at], "--socket") == 0 && at + 1 < argc) path = argv[++at];
    else if (!set_variant(&variant, argv[at])) break;
  }
  if (path) fd = connect_to(path, variant.packets);
  while (at < argc) {
    if (set_variant(&variant, argv[at])) at++;
    else at += perform(fd, &variant, argv + at, argc - at);
  }
  return 0;
}
