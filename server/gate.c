/* gate.c: one table-like function per part of a request. */
#include "server/gate.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static int refuse(const char **why, int status, const char *text)
{
	*why = text;
	return status;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte at *at, decoded; moves behind it. -1: a broken escape. */
static int decoded_byte(const char **at)
{
	const char *p = *at;
	int high, low;

	if (*p != '%') {
		*at = p + 1;
		return (unsigned char)*p;
	}
	high = hex_digit(p[1]);
	low = high < 0 ? -1 : hex_digit(p[2]);
	if (low < 0)
		return -1;
	*at = p + 3;
	return high * 16 + low;
}

int gate_check_target(const char *target, const char **why)
{
	const char *p = target;
	size_t dots = 0, others = 0; /* of the segment so far */
	bool in_path = true;

	if (strnlen(target, GATE_TARGET_BYTES + 1) > GATE_TARGET_BYTES)
		return refuse(why, 414, "Cannot take the request: its target is too long");
	if (*p != '/')
		return refuse(why, 400, "Cannot take the request: its target is not a path");
	while (*p) {
		bool raw = *p != '%';
		int c = decoded_byte(&p);

		if (c < 0)
			return refuse(why, 400, "Cannot take the request: broken %-escape");
		if (c < 0x20 || c == 0x7f || (raw && c >= 0x80))
			return refuse(
				why, 400, "Cannot take the request: control bytes in its target");
		if (!in_path)
			continue;
		if (c == '\\' || (raw && c == '#'))
			return refuse(
				why, 400, "Cannot take the request: its path has no such bytes");
		if (c == '/' || (raw && c == '?')) {
			if (others == 0 && (dots == 1 || dots == 2))
				return refuse(
					why, 400, "Cannot take the request: dots in its path");
			dots = others = 0;
			in_path = c == '/';
		} else if (c == '.') {
			dots++;
		} else {
			others++;
		}
	}
	if (in_path && others == 0 && (dots == 1 || dots == 2))
		return refuse(why, 400, "Cannot take the request: dots in its path");
	return 0;
}

static int check_line(const struct gate_request *r, const char **why)
{
	if (strcmp(r->version, "HTTP/1.1") != 0 && strcmp(r->version, "HTTP/1.0") != 0)
		return refuse(
			why, 400, "Cannot take the request: only HTTP/1.0 and 1.1 are spoken");
	if (strcmp(r->method, "GET") != 0 && strcmp(r->method, "HEAD") != 0)
		return refuse(why, 405, "Cannot take the request: only GET and HEAD are answered");
	return 0;
}

static bool is_token(const char *s, size_t n)
{
	static const char others[] = "!#$%&'*+-.^_`|~";
	size_t i;

	for (i = 0; i < n; i++) {
		bool alnum = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'z') ||
			(s[i] >= 'A' && s[i] <= 'Z');

		if (!alnum && (!s[i] || !strchr(others, s[i])))
			return false;
	}
	return n > 0;
}

static bool is_text(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static bool is_named(const struct gate_header *h, const char *name)
{
	return strlen(name) == h->n_name && strncasecmp(h->name, name, h->n_name) == 0;
}

/* A length of digits alone, all of them zero: nothing that reads it sees a body. */
static bool is_zero(const struct gate_header *h)
{
	return h->n_value > 0 && strspn(h->value, "0") == h->n_value;
}

static int check_each(const struct gate_request *r, const char **why)
{
	size_t i, bytes = 0;

	if (r->n_headers > GATE_HEADERS)
		return refuse(why, 431, "Cannot take the request: too many headers");
	for (i = 0; i < r->n_headers; i++) {
		const struct gate_header *h = &r->headers[i];

		bytes += h->n_name + h->n_value;
		if (bytes > GATE_HEADER_BYTES)
			return refuse(
				why, 431, "Cannot take the request: its headers are too long");
		if (!is_token(h->name, h->n_name))
			return refuse(why, 400, "Cannot take the request: bad header name");
		if (!is_text(h->value, h->n_value))
			return refuse(
				why, 400, "Cannot take the request: control bytes in a header");
	}
	return 0;
}

/* Where the request ends must be plain: one Host, no transfer coding, no length but 0. */
static int check_framing(const struct gate_request *r, const char **why)
{
	size_t i, hosts = 0, lengths = 0, codings = 0;
	bool body = false, digits = true;

	for (i = 0; i < r->n_headers; i++) {
		const struct gate_header *h = &r->headers[i];

		if (is_named(h, "Host")) {
			hosts++;
		} else if (is_named(h, "Content-Length")) {
			lengths++;
			body |= !is_zero(h);
			digits &= h->n_value > 0 && strspn(h->value, "0123456789") == h->n_value;
		} else if (is_named(h, "Transfer-Encoding")) {
			codings++;
			digits &= h->n_value == 7 && strncasecmp(h->value, "chunked", 7) == 0;
		} else if (is_named(h, "Upgrade") && r->version[7] == '0') {
			return refuse(why, 400, "Cannot take the request: Upgrade in HTTP/1.0");
		}
	}
	if (hosts != 1)
		return refuse(why, 400, "Cannot take the request: it needs exactly one Host");
	if (lengths > 1 || codings > 1 || (lengths && codings) || !digits)
		return refuse(why, 400, "Cannot take the request: its length is not plain");
	if (codings && strcmp(r->version, "HTTP/1.0") == 0)
		return refuse(why, 400, "Cannot take the request: transfer coding in HTTP/1.0");
	if (body || codings)
		return refuse(why, 413, "Cannot take the request: GET and HEAD have no body here");
	return 0;
}

int gate_check(const struct gate_request *r, const char **why)
{
	int status = gate_check_target(r->target, why);

	if (status == 0)
		status = check_each(r, why);
	if (status == 0)
		status = check_line(r, why);
	if (status == 0)
		status = check_framing(r, why);
	return status;
}
