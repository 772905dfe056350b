/*
 * boot-call: one request of docs/boot-protocol.md, and its answer's body on standard output. In place of curl, which with
 * its libraries would be most of the ramdisk, and take most of a second to start in an emulated machine.
 *
 *   boot-call [-a FILE] [-r FROM-TO] [-p TYPE FILE] URL
 *
 *   -a  the value of the header Authorization stands in this file: a token is no argument
 *   -r  only these bytes of what is there, the last one included
 *   -p  posts this file with this Content-Type
 *
 * Ends with 0 after an answer of the 200s that is whole; with 1 when asking again may help (nobody answered, it broke off,
 * 429, 500s); with 2 when it does not (another 400; what was given is no URL).
 */
#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ANSWERED = 0, AGAIN = 1, REFUSED = 2 };

/* The longest that an answer is held back is 25 s. */
#define PATIENCE_SECONDS 60
#define HEAD_BYTES 16384
#define PIECE_BYTES (256 * 1024)

struct request {
  const char *authorization_file, *range, *content_type, *body_file;
  char host[256], port[6], path[1024];
};

static _Noreturn void stop(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
static _Noreturn void stop(int status, const char *format, ...) {
  va_list values;
  va_start(values, format);
  fputs("boot-call: ", stderr);
  vfprintf(stderr, format, values);
  va_end(values);
  fputc('\n', stderr);
  exit(status);
}

/* A small file as a whole, in memory that is never given back. */
static char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "r");
  char *bytes = malloc(1024 * 1024);
  if (file == NULL || bytes == NULL) stop(REFUSED, "%s cannot be read", path);
  *length = fread(bytes, 1, 1024 * 1024 - 1, file);
  bytes[*length] = '\0';
  fclose(file);
  return bytes;
}

static void parse_url(const char *url, struct request *request) {
  strcpy(request->port, "80");
  strcpy(request->path, "/");
  if (sscanf(url, "http://%255[^:/]:%5[0-9]%1023s", request->host, request->port, request->path) >= 2) return;
  if (sscanf(url, "http://%255[^:/]%1023s", request->host, request->path) < 1) stop(REFUSED, "'%s' is no http URL", url);
}

static int connect_to(const struct request *request) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
  struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
  int problem = getaddrinfo(request->host, request->port, &hints, &found);
  if (problem != 0) stop(AGAIN, "%s: %s", request->host, gai_strerror(problem));
  for (struct addrinfo *at = found; at != NULL; at = at->ai_next) {
    int line = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (line < 0) continue;
    setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(line, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(line, at->ai_addr, at->ai_addrlen) == 0) return line;
    close(line);
  }
  stop(AGAIN, "%s:%s: %s", request->host, request->port, strerror(errno));
}

static void send_all(int line, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(line, bytes, length, MSG_NOSIGNAL);
    if (sent <= 0) stop(AGAIN, "the request broke off: %s", strerror(errno));
    bytes += sent;
    length -= (size_t)sent;
  }
}

/* HTTP/1.0, so that the answer comes in one piece and ends with the connection (RFC 9112 §6.3). */
static void send_request(int line, const struct request *request) {
  size_t length = 0, body_length = 0;
  const char *body = request->body_file == NULL ? "" : read_file(request->body_file, &body_length);
  char head[HEAD_BYTES];
  const char *method = request->body_file == NULL ? "GET" : "POST";
  int used = snprintf(head, sizeof head, "%s %s HTTP/1.0\r\nHost: %s:%s\r\n", method, request->path, request->host,
                      request->port);
  if (request->authorization_file != NULL) {
    char *value = read_file(request->authorization_file, &length);
    value[strcspn(value, "\r\n")] = '\0';
    used += snprintf(head + used, sizeof head - (size_t)used, "Authorization: %s\r\n", value);
  }
  if (request->range != NULL && (size_t)used < sizeof head)
    used += snprintf(head + used, sizeof head - (size_t)used, "Range: bytes=%s\r\n", request->range);
  if (request->body_file != NULL && (size_t)used < sizeof head)
    used += snprintf(head + used, sizeof head - (size_t)used, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                     request->content_type, body_length);
  if ((size_t)used + 2 >= sizeof head) stop(REFUSED, "the request is too long");
  memcpy(head + used, "\r\n", 2);
  send_all(line, head, (size_t)used + 2);
  send_all(line, body, body_length);
}

/* Reads the status line and the headers, byte by byte: what follows is the body's. */
static int read_head(int line, long long *content_length) {
  char head[HEAD_BYTES];
  size_t used = 0;
  int status;
  while (used < 4 || memcmp(head + used - 4, "\r\n\r\n", 4) != 0) {
    if (used == sizeof head - 1) stop(AGAIN, "the answer has no end of its headers");
    if (recv(line, head + used, 1, 0) != 1) stop(AGAIN, "no answer: %s", strerror(errno));
    used++;
  }
  head[used] = '\0';
  if (sscanf(head, "HTTP/1.%*d %d", &status) != 1) stop(AGAIN, "the answer is not HTTP");
  *content_length = -1;
  for (char *field = head; (field = strstr(field, "\r\n")) != NULL; field += 2)
    if (strncasecmp(field + 2, "Content-Length:", 15) == 0) *content_length = atoll(field + 17);
  return status;
}

static void copy_body(int line, long long content_length) {
  static char piece[PIECE_BYTES];
  long long total = 0;
  for (;;) {
    ssize_t got = recv(line, piece, sizeof piece, 0);
    if (got < 0) stop(AGAIN, "the answer broke off after %lld bytes: %s", total, strerror(errno));
    if (got == 0) break;
    total += got;
    if (fwrite(piece, 1, (size_t)got, stdout) != (size_t)got) stop(AGAIN, "what was answered finds no reader");
  }
  if (fflush(stdout) != 0 || (content_length >= 0 && total != content_length))
    stop(AGAIN, "the answer ended after %lld of %lld bytes", total, content_length);
}

int main(int count, char **words) {
  struct request request = {0};
  int option;
  while ((option = getopt(count, words, "a:r:p:")) != -1) {
    if (option == 'a') request.authorization_file = optarg;
    else if (option == 'r') request.range = optarg;
    else if (option == 'p' && optind < count) {
      request.content_type = optarg;
      request.body_file = words[optind++];
    } else stop(REFUSED, "what is asked for cannot be read");
  }
  if (optind + 1 != count) stop(REFUSED, "one URL is needed");
  parse_url(words[optind], &request);

  int line = connect_to(&request);
  long long content_length;
  send_request(line, &request);
  int status = read_head(line, &content_length);
  if (status / 100 == 2) copy_body(line, content_length);
  else if (status / 100 == 4 && status != 429) stop(REFUSED, "%s was refused: %d", request.path, status);
  else stop(AGAIN, "%s was answered with %d", request.path, status);
  return ANSWERED;
}
